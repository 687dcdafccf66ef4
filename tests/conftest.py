"""Options of the test command, optional data, and which tests may be skipped where.

`DYADKIT_DATA` names a folder with recordings that may not be shipped.
"""

import functools
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Small matrices: several threads wait for one another and cost a quarter more. Before numpy comes.
for limit in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(limit, "1")

settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")

MAY_BE_SKIPPED = (
    "slow: ",
    "DYADKIT_DATA is not set",
    "DYADKIT_DRIVERS names no folder",
    "DYADKIT_MICROPYTHON names no folder",
    "extra bench: ",
    "only Linux ",
    "kicad-symbols is missing",
    "java is missing",
)
"""How the reason begins where a test is skipped for want of what `./run test` does not install."""


@pytest.fixture(scope="session")
def data() -> Path:
    """The optional data folder; a test that needs it is skipped loudly without it."""
    folder = os.environ.get("DYADKIT_DATA")
    if not folder:
        pytest.skip("DYADKIT_DATA is not set: tests on optional recordings are skipped")
    return Path(folder)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    """A folder of this run of the tests, the same in all its processes; see `fakes/once.py`."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run tests marked slow")
    parser.addoption(
        "--at-once", action="store_true", help="show each failure when it happens, not only below"
    )


NEEDING_SIMULATOR = (
    "micropython_unix", "bumble", "inside_micropython", "import recorded", "fakes.trial",
    "VirtualWearable", "import simulated", '"--simulated"', "walk_packages",
)  # fmt: skip
"""Words in a file of tests that use the simulator or MicroPython, which Windows has not."""


@functools.cache
def _needs_simulator(file):
    text = file.read_text(encoding="utf-8")
    return any(word in text for word in NEEDING_SIMULATOR)


def pytest_collection_modifyitems(config, items):
    for item in items:
        if _needs_simulator(item.path):
            item.add_marker(pytest.mark.simulator)
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


# Where CI is set, what `./run test` installs is there: a skip for want of it is a failure.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return _refused(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    return _refused(report)


def _refused(report):
    """A report of a skip that may not be, as one of a failure; any other as it is."""
    if not os.environ.get("CI") or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if not reason.startswith(MAY_BE_SKIPPED):
        report.outcome = "failed"
        report.longrepr = f"skipped where CI is set, though `./run test` brings it: {reason}"
    return report


# With --at-once.


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter and config.getoption("--at-once"):
        config.pluginmanager.register(_AtOnce(reporter))


class _AtOnce:
    """Shows each failure, also of another process, the moment it is known."""

    def __init__(self, reporter):
        self.reporter = reporter

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self._show(report.nodeid, report)

    def pytest_collectreport(self, report):
        if report.failed:
            self._show(report.nodeid, report)

    def _show(self, name, report):
        self.reporter.ensure_newline()
        self.reporter.write_sep("_", name, red=True)
        report.toterminal(self.reporter._tw)
