"""Optional data: `DYADKIT_DATA` names a folder with recordings that may not be shipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The optional data folder; a test that needs it is skipped loudly without it."""
    folder = os.environ.get("DYADKIT_DATA")
    if not folder:
        pytest.skip("DYADKIT_DATA is not set: tests on optional recordings are skipped")
    return Path(folder)


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run tests marked slow")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
