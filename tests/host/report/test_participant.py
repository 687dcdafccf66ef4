"""The page for participants: plain words, for whom, and by which command."""

import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.plot import example
from dyadkit.report import Audience, render
from fakes import recorded
from fakes.read_page import ReadPage

OF_THE_FIELD = ("p <", "p =", "95 %", "correlation", "variance", "conductance", "regime", "lag ")


@pytest.fixture(scope="module")
def page():
    return ReadPage(render(example.session(), Audience.PARTICIPANT))


def words_of(page):
    return [*(text for _, text in page.said), *page.other]


def test_the_page_uses_no_word_of_the_field(page):
    text = " ".join(words_of(page))
    assert [word for word in OF_THE_FIELD if word in text] == []


def test_what_is_claimed_stands_in_plain_words_and_what_is_not_as_an_open_question(page):
    claimed = {number for numbers, _ in page.said for number in numbers}
    about = {example.session().said[number - 1].about.value for number in claimed}
    assert {"coupling", "leader", "answers"} <= about
    assert any(line.startswith("Whether Person A is calmed") for line in words_of(page))


def test_the_page_says_how_often_strangers_would_be_told_the_same(page):
    assert any("about 1 in 20" in line for line in words_of(page))


def test_the_command_makes_either_page_and_no_other(shared_folder, tmp_path):
    session = recorded.usual(shared_folder)[0]
    command = ["analyze", str(session), "--report", str(tmp_path / "for-us.html")]
    done = CliRunner().invoke(app, [*command, "--audience", "participant"])
    assert done.exit_code == 0
    assert 'class="plainly"' in (tmp_path / "for-us.html").read_text(encoding="utf-8")
    refused = CliRunner().invoke(app, [*command, "--audience", "everybody"])
    assert refused.exit_code == 2
    assert "researcher" in refused.output


def test_a_result_without_such_a_page_says_so(tmp_path):
    from dyadkit.dyad.saving import save

    with pytest.raises(ValueError, match="no page of Weeks for the audience participant"):
        save(example.weeks(), tmp_path / "weeks.html", Audience.PARTICIPANT)
