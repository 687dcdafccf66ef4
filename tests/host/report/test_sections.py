"""What a page is given is on the page: templates and their content know the same names."""

import pytest
from jinja2 import Environment, PackageLoader, meta

import dyadkit
from dyadkit.report.page import _content
from dyadkit.sim.people import bodies

TEMPLATES = PackageLoader("dyadkit.report")
OWN = {"table", "replayed"}
"""The templates' own macro, and what the frame of all pages asks for where it applies."""


def asked_for(name):
    environment = Environment(loader=TEMPLATES)
    tree = environment.parse(TEMPLATES.get_source(environment, name)[0])
    return meta.find_undeclared_variables(tree)


@pytest.fixture(scope="module")
def content():
    pair = bodies.meet(bodies.Encounter(), 60.0, seed=1)
    return _content(dyadkit.analyze(bodies.perfect_dyad(pair)))


def test_every_section_of_a_session_is_in_its_template(content):
    asked = asked_for("template.html") | asked_for("frame.html")
    assert set(content) - asked == set()
    assert asked - set(content) <= OWN
