"""An image can be built: the manifest gives MicroPython's build only what it can freeze.

The build itself needs the whole toolchain. Stood in for are the three functions a manifest calls
and what `makemanifest.py` does with the files they name: each is there, `.py` is compiled, and
of anything else than `.mpy` it ends with an assertion.
"""

import contextlib
from pathlib import Path

import pytest

from fakes.inside_micropython import ROOT

FIRMWARE = ROOT / "firmware"
OFFICIAL = "$(PORT_DIR)/boards/manifest.py"


class Build:
    """A build's list of what it freezes, gathered as `manifestfile.py` does from one manifest."""

    def __init__(self, manifest):
        self.frozen = {}
        self.included = []
        known = {"include": self.included.append, "package": self.package, "module": self.module}
        with contextlib.chdir(manifest.parent):
            exec(compile(manifest.read_text(), str(manifest), "exec"), known)

    def package(self, name, files=None, base_path=".", opt=None):
        """Named files of a package, or every `.py` below it."""
        if files is None:
            places = (Path(base_path) / name).rglob("*.py")
            files = [place.relative_to(Path(base_path) / name) for place in places]
        for file in files:
            self._freeze(Path(base_path) / name / file, Path(name) / file, opt)

    def module(self, name, base_path=".", opt=None):
        """One file."""
        assert name.endswith(".py"), "module must be .py file"
        self._freeze(Path(base_path) / name, Path(name), opt)

    def _freeze(self, full, target, opt):
        full.stat()
        assert full.suffix in (".py", ".mpy"), f"{full} cannot be frozen"
        self.frozen[target.as_posix()] = (full.resolve(), opt)


def test_the_manifest_freezes_all_that_a_wearable_runs_and_nothing_else():
    build = Build(FIRMWARE / "manifest.py")
    assert build.included == [OFFICIAL], "asyncio and the port's own start files"
    assert {"boot.py", "main.py", "slots/__init__.py", "dyadwire/fast.py"} <= set(build.frozen)
    own = {file.relative_to(FIRMWARE).as_posix() for file in (FIRMWARE / "wearable").rglob("*.py")}
    assert own <= set(build.frozen)
    assert not {"dyadwire/meanings.py", "dyadwire/py.typed"} & set(build.frozen)
    assert {opt for _, opt in build.frozen.values()} == {3}, "no line numbers, no assertions"


@pytest.mark.parametrize("stray", ["py.typed", "__pycache__"])
def test_a_file_that_is_no_source_ends_the_build_as_it_ends_the_real_one(stray, tmp_path):
    package = tmp_path / "it"
    package.mkdir()
    (package / stray).touch()
    manifest = tmp_path / "manifest.py"
    manifest.write_text("import os\npackage('it', files=os.listdir('it'))\n")
    with pytest.raises(AssertionError, match="cannot be frozen"):
        Build(manifest)
