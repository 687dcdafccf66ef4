"""The plan of a study: every fault has its line and a suggestion, and what is frozen stays."""

import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.errors import SessionError
from dyadkit.study.plan.choices import StudyTest
from dyadkit.study.plan.freezing import check_frozen, freeze
from dyadkit.study.plan.reading import read_study
from dyadkit.study.plan.roster import roster

GOOD = """\
# a study
[study]
name = "pilot"
participants = "people.tsv"

[measures]
conditions = ["rest", "play"]

[exclude]
min_minutes = 5

[[hypothesis]]
name = "together"
measure = "coupling_eda"
test = "mean"
condition = "play"

[[hypothesis]]
name = "more in play"
measure = "coupling_eda"
test = "contrast"
condition = "play"
against = "rest"
"""
TABLE = "session\ta\tb\tage\none\tp1\tp2\t30\ntwo\tp3\tp4\tn/a\n"


def written(folder, text=GOOD, table=TABLE):
    (folder / "people.tsv").write_text(table, encoding="utf-8")
    file = folder / "study.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[measures]", "[mesures]", "line 6: there is no table [mesures]; did you mean “measu"),
        ("conditions =", "condition =", "line 7: [measures] has no key “condition”; did you mean"),
        ("min_minutes = 5", 'min_minutes = "5"', "line 10: min_minutes must be a number from 0"),
        ('"coupling_eda"\ntest = "mean"', '"coupling_ead"\ntest = "mean"',
         "line 14: measure must be one of coupling_eda"),
        ('test = "mean"', 'test = "mean "', "did you mean “mean”?"),
        ('against = "rest"\n', "", "line 18: hypothesis “more in play” asks for a contrast"),
        ('name = "more in play"', 'name = "together"', "line 18: there are two hypotheses"),
        ('name = "pilot"', "", "line 2: [study] needs name"),
        ('participants = "people.tsv"', "", "line 2: [study] needs either sessions"),
        ("[study]", "[study", "is not TOML"),
        ('test = "mean"', 'test = "mean"\nagainst = "rest"', "which knows no against"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_line(tmp_path, right, wrong, said):
    assert right in GOOD
    with pytest.raises(SessionError) as error:
        read_study(written(tmp_path, GOOD.replace(right, wrong, 1)))
    assert said in str(error.value)


def test_all_faults_are_said_at_once(tmp_path):
    text = GOOD.replace("conditions", "conditons").replace("= 5", "= -1")
    with pytest.raises(SessionError, match=r"line 7.*line 10"):
        read_study(written(tmp_path, text))


def test_what_is_right_is_taken(tmp_path):
    plan = read_study(written(tmp_path))
    assert [one.test for one in plan.hypotheses] == [StudyTest.MEAN, StudyTest.CONTRAST]
    assert [one.name for one in roster(plan)] == ["one", "two"]
    assert roster(plan)[1].covariates == {"age": ""}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("session\ta\none\tp1\n", "line 1: there is no column b"),
        (TABLE + "one\tp5\tp6\t20\n", "session one is there twice"),
        (TABLE + "three\tp5\tp5\t20\n", "line 4: p5 is both people"),
        (TABLE + "three\tp5\n", "line 4: not as many cells"),
        (TABLE + "three\t\tp5\t4\n", "line 4: a is empty"),
        ("session\ta\tb\tday\none\tp1\tp2\tMonday\n", "line 2: the day 'Monday' is not a number"),
        ("session\tdyad\ta\tb\none\td\tp1\tp2\ntwo\td\tp1\tp3\n", "dyad d is of p1 and p2"),
        ("", "is empty"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path, table, said):
    with pytest.raises(SessionError) as error:
        roster(read_study(written(tmp_path, table=table)))
    assert said in str(error.value)


def test_the_order_of_the_table_does_not_matter(tmp_path):
    lines = TABLE.splitlines(keepends=True)
    plan = read_study(written(tmp_path))
    once = [one.name for one in roster(plan)]
    (tmp_path / "people.tsv").write_text("".join([lines[0], lines[2], lines[1]]))
    assert [one.name for one in roster(plan)] == once


def test_what_was_frozen_is_not_changed_silently(tmp_path):
    file = written(tmp_path)
    digest = freeze(read_study(file))
    assert read_study(file).hash == digest
    assert freeze(read_study(file)) == digest
    assert file.read_text().startswith("# a study\n[study]\nhash = ")
    file.write_text(file.read_text().replace("min_minutes = 5", "min_minutes = 4"))
    with pytest.raises(SessionError, match="line 3: the plan was changed since it was frozen"):
        check_frozen(read_study(file))
    ran = CliRunner().invoke(app, ["study", "run", str(file)])
    assert isinstance(ran.exception, SessionError)


def test_comments_and_places_of_results_are_no_choices(tmp_path):
    plan = read_study(written(tmp_path))
    again = GOOD.replace("# a study", "# another word").replace(
        '[measures]', 'results = "elsewhere"\n[measures]'
    )  # fmt: skip
    assert read_study(written(tmp_path, again)).digest == plan.digest
    assert read_study(written(tmp_path, GOOD.replace("= 5", "= 6"))).digest != plan.digest


def test_the_analysis_table_is_the_plan_of_analyze(tmp_path):
    from dyadkit.analysis.plan import read_plan

    file = written(tmp_path, GOOD + "\n[analysis]\nseed = 3\nmax_lag_s = 8\n")
    assert read_plan(file) == read_study(file).analysis
    assert read_study(file).analysis.seed == 3
