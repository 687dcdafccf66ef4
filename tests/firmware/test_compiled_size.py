"""Everything a wearable runs compiles for both processors and stays small."""

import ast
import subprocess

import pytest

from dyadkit.devices.firmware_update import HOST_ONLY
from fakes.inside_micropython import COMPILER, ROOT

LIMIT = 96 * 1024


def left_out():
    """The modules of the wire that no wearable loads, as its manifest says."""
    parsed = ast.parse((ROOT / "firmware" / "manifest.py").read_text())
    given = {node.targets[0].id: node.value for node in parsed.body if isinstance(node, ast.Assign)}
    return ast.literal_eval(given["HOST_ONLY"])


def worn_wire():
    wire = (ROOT / "shared" / "dyadwire").glob("*.py")
    return [file for file in wire if file.name not in left_out()]


SOURCES = [
    *(ROOT / "firmware" / "wearable").rglob("*.py"),
    *worn_wire(),
    ROOT / "firmware" / "main.py",
    *(ROOT / "firmware" / "slots").rglob("*.py"),
    ROOT / "firmware" / "boot.py",
]


@pytest.mark.parametrize("processor", ["xtensawin", "rv32imc"])
def test_all_code_fits_into_96_kib_on(processor, tmp_path):
    total = 0
    for number, source in enumerate(SOURCES):
        compiled = tmp_path / f"{number}.mpy"
        run = subprocess.run(
            [COMPILER, f"-march={processor}", "-O3", "-s", source.name, source, "-o", compiled],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"{source}: {run.stderr}"
        total += compiled.stat().st_size
    assert total <= LIMIT, f"{total} bytes"


def compiled_size(source, place):
    place.with_suffix(".py").write_text(source)
    command = [COMPILER, "-march=xtensawin", "-O3", "-s", "it", place.with_suffix(".py")]
    subprocess.run([*command, "-o", place], check=True)
    return place.stat().st_size


def without_types(source):
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.unparse(tree)


@pytest.mark.parametrize("name", ["sampler", "send_queue", "conversation", "device"])
def test_protocols_and_imports_for_types_cost_no_byte_in(name, tmp_path):
    source = (ROOT / "firmware" / "wearable" / f"{name}.py").read_text()
    bare = without_types(source)
    assert "TYPE_CHECKING:" in source
    assert "TYPE_CHECKING:" not in bare
    whole = compiled_size(ast.unparse(ast.parse(source)), tmp_path / "whole.mpy")
    assert whole == compiled_size(bare, tmp_path / "bare.mpy")


def test_an_update_leaves_out_what_the_image_leaves_out():
    assert left_out() == HOST_ONLY
