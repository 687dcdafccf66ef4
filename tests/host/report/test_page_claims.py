"""A page claims what the decisions claim, and nothing else: twenty random sessions, both pages."""

import re
from dataclasses import replace

import numpy as np
import pytest

import dyadkit
from dyadkit.analysis.decision import About
from dyadkit.dyad.traces import Mark
from dyadkit.report import Audience, render
from dyadkit.sim.people import bodies
from dyadkit.sim.people.influence import Follows
from fakes.read_page import ReadPage

SESSIONS, AT_ONCE = 20, 6
CLAIMS = re.compile(
    r"beyond chance|\bleads\b|\b[ab] answers\b|wound up by|calmed by|recovers (faster|more)"
    r"|differs between|rises and falls together|moved together|came first|often followed",
    re.IGNORECASE,
)
"""How claims are worded, in statements and in plain words."""
POSITIVE_WORDS = re.compile(r"^(yes|claimed|[ab] first|calmed|wound up)\b", re.IGNORECASE)


def random_session(seed):
    """A session of random length, coupling, lag and conditions, some with a person who is off."""
    rng = np.random.default_rng(seed)
    coupling, lag_s = float(rng.choice([0.0, 0.3, 0.7])), float(rng.uniform(-3.0, 3.0))
    met = bodies.Encounter(Follows(coupling, lag_s))
    seconds = 500.0 if rng.random() < 0.1 else float(rng.uniform(70.0, 260.0))
    dyad = bodies.perfect_dyad(bodies.meet(met, seconds, seed=seed))
    if rng.random() < 0.5:
        half = seconds / 2
        marks = (Mark(0, half, "rest", "condition"), Mark(half, seconds, "talk", "condition"))
        dyad = replace(dyad, marks=marks)
    if rng.random() < 0.2:
        dyad = replace(dyad, b=replace(dyad.b, traces={"eda": dyad.b.traces["eda"]}))
    found = dyadkit.analyze(dyad, seed=seed)
    return replace(found, said=tuple(turned(one, rng) for one in found.said))


def turned(one, rng):
    """Now and then a claim that rarely comes is made, or one that often comes is not."""
    if one.about not in (About.CONTEXT, About.RECOVERY, About.CAUTION) or rng.random() < 0.7:
        return one
    what = f"Heart rate differs between “rest” and “talk” (difference {rng.normal():+.2g})."
    settled = f"{one.person} recovers faster with the partner ({rng.uniform(1, 9):.1f} s)."
    sentence = settled if one.about is About.RECOVERY else what
    return replace(one, positive=True, sentence=sentence)


@pytest.fixture(
    scope="module",
    params=[
        *range(AT_ONCE),
        *(pytest.param(k, marks=pytest.mark.slow) for k in range(AT_ONCE, SESSIONS)),
    ],
)
def found(request):
    return random_session(1000 + request.param)


@pytest.fixture(scope="module")
def pages(found):
    return {audience: ReadPage(render(found, audience)) for audience in Audience}


def is_claimed(found, numbers):
    return any(found.said[number - 1].positive for number in numbers)


def test_every_positive_statement_is_on_the_page_as_it_was_decided(found, pages):
    texts = [text for _, text in pages[Audience.RESEARCHER].said]
    assert [one.sentence for one in found.said if one.positive and one.sentence not in texts] == []


def test_what_carries_a_number_is_that_statement_or_an_answer_of_its_sign(found, pages):
    for numbers, text in pages[Audience.RESEARCHER].said:
        sentences = [found.said[number - 1].sentence for number in numbers]
        if text not in sentences and POSITIVE_WORDS.match(text):
            assert is_claimed(found, numbers), (numbers, text)


def test_plain_words_claim_only_what_is_claimed(found, pages):
    for numbers, text in pages[Audience.PARTICIPANT].said:
        assert is_claimed(found, numbers), (numbers, text)


@pytest.mark.parametrize("audience", list(Audience))
def test_nothing_else_on_the_page_claims_anything(found, pages, audience):
    methods = "tested by|was judged by|convention|Whether|For looking|up: b|are not findings"
    rest = [text for text in pages[audience].other if not re.search(methods, text)]
    assert [text for text in rest if CLAIMS.search(text)] == []


def test_the_rest_of_the_page_does_not_know_what_is_claimed(found, pages):
    """The same session with every claim taken back: all text without a number stays the same."""
    said = tuple(replace(one, positive=False, sentence="not shown") for one in found.said)
    taken_back = ReadPage(render(replace(found, said=said)))
    assert taken_back.other == pages[Audience.RESEARCHER].other


def test_every_link_in_a_page_has_its_place_and_every_place_one_name(pages):
    for page in pages.values():
        assert set(page.links) <= set(page.anchors)
        assert len(page.anchors) == len(set(page.anchors))
        assert page.loaded == []
