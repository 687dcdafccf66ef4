"""The unit is the last word of a name: no bare time, rate or conductance crosses a signature."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = {"time", "duration", "delay", "timeout", "lag", "period", "rate", "frequency", "conductance"}
LAST_WORDS = {"lag", "timeout", "duration", "rate", "frequency", "conductance", "latency"}
# delay: of an embedding, in samples; latency: a window that carries its own units
DIMENSIONLESS = {"delay", "false_positive_rate", "latency"}


def parameters():
    for folder in ("host", "shared", "firmware"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    if node.name.startswith("_") or "inside" in file.parts:
                        continue
                    for argument in (*node.args.args, *node.args.kwonlyargs):
                        yield file, node, argument.arg


def test_parameters_that_carry_a_unit_end_in_it():
    bare = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}({name})"
        for file, node, name in parameters()
        if (name in BARE or name.split("_")[-1] in LAST_WORDS) and name not in DIMENSIONLESS
    ]
    assert not bare


def test_conductance_is_never_written_like_microseconds():
    wrong = [
        f"{file.name}: {name}"
        for file, _, name in parameters()
        if name.startswith(("eda", "tonic", "phasic", "conductance")) and name.endswith("_us")
    ]
    assert not wrong
