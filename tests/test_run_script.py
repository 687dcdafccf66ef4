"""`./run` with stubs in place of Python, apt-get and the rest: what it makes, installs and says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS_OF_ANY_COMPUTER = ("cp", "dirname", "mkdir", "rm", "touch")
PYTHON = """#!/bin/sh
echo "python{version} $*" >> {log}
case "$*" in
    *version_info*) echo {version} ;;
    "-m venv "*) {broken}
        mkdir -p $3/bin
        cp {bin}/whole $3/bin/python
        for name in dyadkit ruff mypy; do
            printf '#!/bin/sh\\necho "%s $*" >> {log}\\n' $name > $3/bin/$name
            {chmod} +x $3/bin/$name
        done ;;
esac
"""
BROKEN = "mkdir -p $3/bin; exit 1"


class Checkout:
    """A folder with `run`, on a computer that has only what is given to it."""

    def __init__(self, place):
        self.place, self.bin, self.log = place / "checkout", place / "bin", place / "log"
        self.place.mkdir()
        self.bin.mkdir()
        self.log.touch()
        shutil.copy(ROOT / "run", self.place)
        shutil.copy(ROOT / "pyproject.toml", self.place)
        for tool in TOOLS_OF_ANY_COMPUTER:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.has_python("whole", "3.12")
        self.has("id", "echo 1000")
        self.has("ngspice", "")
        self.has("chromium", "")

    def has(self, name, script):
        file = self.bin / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.log}\n{script}\n')
        file.chmod(0o755)

    def has_python(self, name, version, broken=""):
        text = PYTHON.format(
            version=version, log=self.log, bin=self.bin, broken=broken, chmod=shutil.which("chmod")
        )
        file = self.bin / name
        file.write_text(text)
        file.chmod(0o755)

    def has_apt_as_root(self, script=""):
        self.has("id", "echo 0")
        self.has("apt-get", script)

    def run(self, *words):
        return subprocess.run(
            ["/bin/sh", self.place / "run", *words],
            env={"PATH": str(self.bin)}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def called(self, beginning=""):
        lines = self.log.read_text().splitlines()
        return [line for line in lines if line.startswith(beginning)]

    def venv_is_of(self, version):
        return f"echo {version} ;;" in (self.place / ".venv" / "bin" / "python").read_text()


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def lines_of(text):
    return [line for line in text.splitlines() if line]


def test_an_old_python_is_refused_with_one_sentence_that_names_it_and_leaves_nothing(checkout):
    checkout.has_python("python3", "3.9")
    done = checkout.run("demo")
    assert done.returncode != 0
    (sentence,) = lines_of(done.stderr)
    assert f"found Python 3.9 ({checkout.bin / 'python3'})" in sentence
    assert "3.11 or newer" in sentence
    assert not (checkout.place / ".venv").exists()


def test_no_python_at_all_is_refused_with_one_sentence(checkout):
    done = checkout.run("test")
    assert done.returncode != 0
    assert "3.11 or newer, found none" in lines_of(done.stderr)[-1]
    assert not (checkout.place / ".venv").exists()


@pytest.mark.parametrize("newer", ["3.14", "3.13", "3.12", "3.11"])
def test_beside_an_old_python_the_newest_is_found(checkout, newer):
    checkout.has_python("python3", "3.9")
    checkout.has_python(f"python{newer}", newer)
    checkout.has_python("python3.11", "3.11")
    assert checkout.run("demo", "--seed", "3").returncode == 0
    assert checkout.called("python3.9 -m") == []
    assert checkout.called(f"python{newer} -m venv .venv")
    assert checkout.called("dyadkit") == ["dyadkit demo --seed 3"]


def test_a_venv_of_an_old_python_is_removed_and_made_anew(checkout):
    checkout.has_python("python3", "3.12")
    old = checkout.place / ".venv" / "bin" / "python"
    old.parent.mkdir(parents=True)
    checkout.has_python("older", "3.9")
    shutil.copy(checkout.bin / "older", old)
    left = checkout.place / ".venv" / "ready-demo"
    left.touch()
    assert checkout.run("demo").returncode == 0
    assert checkout.venv_is_of("3.12")
    assert checkout.called("dyadkit") == ["dyadkit demo"]


def test_a_half_made_venv_is_removed_and_made_anew(checkout):
    checkout.has_python("python3", "3.12")
    half = checkout.place / ".venv" / "bin" / "python"
    half.parent.mkdir(parents=True)
    half.write_text('#!/bin/sh\ncase "$*" in *version_info*) echo 3.11 ;; *) exit 1 ;; esac\n')
    half.chmod(0o755)
    assert checkout.run("demo").returncode == 0
    assert checkout.venv_is_of("3.12")


def test_a_venv_that_is_whole_is_kept_and_filled_once(checkout):
    checkout.has_python("python3", "3.12")
    for _ in range(2):
        assert checkout.run("info", "session").returncode == 0
    assert len(checkout.called("python3.12 -m venv")) == 1
    assert len(checkout.called("python3.12 -m pip install")) == 1
    assert checkout.called("dyadkit") == ["dyadkit info session"] * 2


def test_a_python_that_cannot_make_a_venv_leaves_none_behind(checkout):
    checkout.has_python("python3", "3.12", BROKEN)
    done = checkout.run("demo")
    assert done.returncode != 0
    assert "sudo apt-get install python3-venv" in lines_of(done.stderr)[-1]
    assert not (checkout.place / ".venv").exists()


def test_as_root_what_is_installed_is_said_before_it_is(checkout):
    checkout.has_python("python3", "3.12", BROKEN)
    checkout.has_apt_as_root("echo from apt-get >&2")
    done = checkout.run("demo")
    said = lines_of(done.stderr)
    announced = next(n for n, line in enumerate(said) if line.startswith("Installing as root"))
    assert said[announced].endswith("python3-venv")
    assert announced < said.index("from apt-get")
    assert "apt-get install -y -qq --no-install-recommends python3-venv" in checkout.called()
    assert not (checkout.place / ".venv").exists()


def test_board_tools_are_installed_as_root_by_a_sentence_and_an_order(checkout):
    (checkout.bin / "ngspice").unlink()
    checkout.has_apt_as_root()
    done = checkout.run("tools", "boards")
    assert done.returncode == 0
    (sentence,) = lines_of(done.stderr)
    assert sentence.startswith("Installing as root, with apt-get, to simulate the circuits")
    assert "ngspice" in sentence.split(": ")[-1].split()
    (order,) = checkout.called("apt-get install")
    assert "ngspice" in order


@pytest.mark.parametrize("fails", [False, True], ids=["not root", "apt-get fails"])
def test_board_tools_that_cannot_be_installed_are_said_to_be_missing(checkout, fails):
    (checkout.bin / "ngspice").unlink()
    if fails:
        checkout.has_apt_as_root("exit 100")
    done = checkout.run("tools", "boards")
    assert done.returncode == 0
    said = lines_of(done.stderr)[-2:]
    assert said[0].startswith("NOT HERE: ngspice")
    assert said[1].startswith("On Debian: sudo apt-get install --no-install-recommends ngspice")


def test_a_browser_is_installed_as_root_where_there_is_none(checkout):
    (checkout.bin / "chromium").unlink()
    checkout.has_apt_as_root()
    done = checkout.run("tools", "browser")
    assert done.returncode == 0
    (sentence,) = lines_of(done.stderr)
    assert sentence.startswith("Installing as root, with apt-get, to open the pages of dyadkit")
    (order,) = checkout.called("apt-get install")
    assert order.endswith(" chromium")


def test_a_browser_that_cannot_be_installed_is_said_to_be_missing(checkout):
    (checkout.bin / "chromium").unlink()
    done = checkout.run("tools", "browser")
    assert done.returncode == 0
    said = lines_of(done.stderr)
    assert said[0].startswith("NOT HERE: a browser (chromium)")
    assert said[1].startswith("On Debian: sudo apt-get install")


@pytest.mark.parametrize("program", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_of_any_name_will_do(checkout, program):
    (checkout.bin / "chromium").unlink()
    checkout.has(program, "")
    assert checkout.run("tools", "browser").stderr == ""
    assert checkout.called("apt-get") == []


def test_an_unknown_step_is_a_sentence(checkout):
    done = checkout.run("tools", "kettle")
    assert done.returncode == 2
    assert "'kettle'" in done.stderr


def test_the_test_command_is_the_gate_and_then_pytest(checkout):
    checkout.has_python("python3", "3.12")
    assert checkout.run("test", "-k", "clock").returncode == 0
    calls = [line.removeprefix("python3.12 ") for line in checkout.called()]
    gate = ["ruff format --check .", "ruff check .", "mypy host/dyadkit shared/dyadwire"]
    assert calls[-5:-2] == gate
    assert calls[-2:] == ["firmware/check_types.py", "-m pytest -n auto --at-once -k clock"]


def test_the_bench_command_runs_the_benchmarks(checkout):
    checkout.has_python("python3", "3.12")
    assert checkout.run("bench", "clock").returncode == 0
    assert checkout.called()[-1] == "python3.12 tests/benchmarks/runner.py clock"


def test_what_ci_runs_is_the_test_command():
    commands = (ROOT / ".ci" / "run").read_text().splitlines()
    assert commands[-1] == "exec ./run test"


TRIED = """
import pytest

def test_first():
    assert "broken"[0] == "x"

@pytest.mark.skip(reason="ngspice is missing")
def test_wants_a_tool():
    pass

@pytest.mark.skip(reason="slow: run with --slow")
def test_slow():
    pass
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """What pytest says of three tests where CI is set: one fails, two are skipped."""
    folder = tmp_path_factory.mktemp("tried")
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_three.py").write_text(TRIED)
    words = ["-m", "pytest", "-n", "1", "-q", "-ra", "--at-once", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, *words, f"--rootdir={folder}", "-c", os.devnull, str(folder)],
        env=os.environ | {"CI": "1"}, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_a_failure_is_shown_when_it_happens_and_again_at_the_end(tried):
    before, after = tried.split("= FAILURES =")
    for part in (before, after):
        assert 'assert "broken"[0] == "x"' in part


def test_in_ci_a_skip_for_want_of_what_is_installed_is_a_failure(tried):
    assert "brings it: ngspice is missing" in tried
    assert "1 failed, 1 skipped, 1 error" in tried.splitlines()[-1]
