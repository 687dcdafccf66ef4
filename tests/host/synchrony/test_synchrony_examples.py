"""The examples in the docstrings run and give what they say."""

import doctest
import importlib
import pkgutil

import pytest

from dyadkit import synchrony

MODULES = [
    one.name
    for one in pkgutil.walk_packages(synchrony.__path__, "dyadkit.synchrony.")
    if not one.ispkg
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_some_examples_exist():
    tests = doctest.DocTestFinder().find(importlib.import_module("dyadkit.synchrony.coupling.live"))
    assert any(test.examples for test in tests)
