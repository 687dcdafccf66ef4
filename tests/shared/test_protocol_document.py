"""PROTOCOL.md says what the code says."""

import importlib.util

import pytest

from fakes.inside_micropython import ROOT

FOLDER = ROOT / "shared"


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location("tables", FOLDER / "tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_code(tables):
    text = tables.DOCUMENT.read_text()
    assert tables.with_tables(text) == text, "run `python shared/tables.py`"


def test_every_table_is_in_the_document(tables):
    shown = {found[1] for found in tables.MARK.findall(tables.DOCUMENT.read_text())}
    assert shown == set(tables.TABLES)
