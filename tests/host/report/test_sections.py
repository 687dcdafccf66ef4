"""What a page is given is on the page: templates and their content know the same names."""

import pytest
from jinja2 import Environment, PackageLoader, meta

import dyadkit
from dyadkit.report.page import content
from dyadkit.report.participant import participant_content
from dyadkit.sim.people import bodies

TEMPLATES = PackageLoader("dyadkit.report")
OF_EVERY_PAGE = {"version", "plainly", "table", "say"}
"""What `page` adds, what the frame of all pages asks for where it applies, and macros."""


def asked_for(*names):
    environment = Environment(loader=TEMPLATES)
    environment.filters |= {"for_css": str, "opening": str}
    trees = [
        environment.parse(TEMPLATES.get_source(environment, name)[0])
        for name in (*names, "frame.html")
    ]
    return set().union(*(meta.find_undeclared_variables(tree) for tree in trees)) - OF_EVERY_PAGE


@pytest.fixture(scope="module")
def minute():
    pair = bodies.meet(bodies.Encounter(), 60.0, seed=1)
    return dyadkit.analyze(bodies.perfect_dyad(pair))


def test_every_section_of_a_session_is_in_its_template(minute):
    given = set(content(minute))
    assert given == asked_for("session.html")


def test_every_part_of_the_page_for_participants_is_in_its_template(minute):
    given = set(participant_content(minute)) - OF_EVERY_PAGE
    assert given == asked_for("participant.html")
