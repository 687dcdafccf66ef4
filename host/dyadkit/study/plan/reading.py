"""Reading of `study.toml`: strict, all faults at once, each with its line and a suggestion."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dyadkit.analysis.plan import AnalysisPlan, read_plan
from dyadkit.errors import SessionError
from dyadkit.study.measures import MEASURES, PERSON_MEASURES
from dyadkit.study.plan.choices import Exclusions, StudyHypothesis, StudyPlan, StudyTest
from dyadkit.study.plan.lines import Places
from dyadkit.study.plan.schema import MANY, REQUIRED, TABLES, ValueKind

DEFAULT_MEASURES = ("coupling_eda", "coupling_heart_rate")
"""What `analyze` tests; all else is asked for by name."""
_NEEDS = {
    StudyTest.CONTRAST: ("condition", "against"),
    StudyTest.COVARIATE: ("covariate",),
    StudyTest.ACTOR_PARTNER: ("predictor",),
}
_COUPLED = (StudyTest.ANY, StudyTest.PREVALENCE, StudyTest.PARTNERS)
"""Tests that only a measure of coupling can have: they need its p, or partners of others."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file: its name, how many of that name came before, and what it holds."""

    name: str
    place: int
    values: dict[str, Any]


def read_study(path: str | Path) -> StudyPlan:
    r"""The plan of a study, from a TOML file.

    Raises
    ------
    SessionError
        the file cannot be read, or says what it should not: every fault with its line

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "study.toml"
    ...     _ = file.write_text('[study]\nname = "pilot"\nsesions = "*"\n')
    ...     try:
    ...         read_study(file)
    ...     except SessionError as error:
    ...         print(str(error).split(": ", 1)[1])
    line 3: [study] has no key “sesions”; did you mean “sessions”?
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"cannot read {path}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SessionError(f"{path} is not TOML: {error}") from error
    places = Places.of_text(text)
    faults = list(_faults(content, places))
    if not faults:
        faults = list(_contradictions(content, places))
    if faults:
        raise SessionError(f"{path}: " + "; ".join(faults))
    return _plan(path, content)


def _faults(content: dict[str, Any], places: Places) -> Iterator[str]:
    """What the schema does not allow."""
    for name, value in content.items():
        line = places.line(name)
        if name not in TABLES:
            yield f"line {line}: there is no table [{name}]{_meant(name, tuple(TABLES))}"
            continue
        right = list if name == MANY else dict
        if not isinstance(value, right):
            yield f"line {line}: write {name} as " + (
                "[[hypothesis]]" if right is list else "table"
            )
    for table in _tables(content):
        yield from _faults_of(table, places)
    if "study" not in content:
        yield "line 1: the table [study] with its name is missing"


def _faults_of(table: _Table, places: Places) -> Iterator[str]:
    known = TABLES[table.name]
    for key, value in table.values.items():
        line = places.line(table.name, table.place, key)
        if key not in known:
            words = f"line {line}: [{table.name}] has no key “{key}”"
            yield words + (_meant(key, tuple(known)) or f"; it knows {', '.join(known)}")
        elif not known[key].fits(value):
            yield f"line {line}: {key} must be {known[key].words}{_meant_value(value, known[key])}"
    for key in REQUIRED.get(table.name, ()):
        if key not in table.values:
            yield f"line {places.line(table.name, table.place)}: [{table.name}] needs {key}"


def _contradictions(content: dict[str, Any], places: Places) -> Iterator[str]:
    """What each value allows and all together do not."""
    study = content["study"]
    if ("sessions" in study) == ("participants" in study):
        yield (
            f"line {places.line('study')}: [study] needs either sessions, a pattern of folders, or "
            "participants, a table"
        )
    # A table of sessions has conditions of its own, which are looked at where it is read.
    marked = content.get("measures", {}).get("conditions", [])
    conditions = marked if "sessions" in study else None
    names: list[str] = []
    for table in _tables(content):
        if table.name != MANY:
            continue
        line = places.line(MANY, table.place)
        for fault in _faults_of_hypothesis(table.values, conditions):
            yield f"line {line}: hypothesis “{table.values['name']}” {fault}"
        if table.values["name"] in names:
            yield f"line {line}: there are two hypotheses “{table.values['name']}”"
        names.append(table.values["name"])


def _faults_of_hypothesis(values: dict[str, Any], conditions: list[str] | None) -> Iterator[str]:
    test = StudyTest(values["test"])
    for key in _NEEDS.get(test, ()):
        if key not in values:
            yield f"asks for a {test} and needs {key}"
    unused = {key for keys in _NEEDS.values() for key in keys} - {"condition"}
    for key in sorted(unused & set(values) - set(_NEEDS.get(test, ()))):
        yield f"asks for {test}, which knows no {key}"
    if test in _COUPLED and not values["measure"].startswith("coupling_"):
        yield f"asks for {test} of {values['measure']}, which is no coupling"
    if (test is StudyTest.ACTOR_PARTNER) != (values["measure"] in PERSON_MEASURES):
        known = PERSON_MEASURES if test is StudyTest.ACTOR_PARTNER else tuple(MEASURES)
        yield f"asks for {test}; measures of that are {', '.join(known)}"
    for key in ("condition", "against"):
        if conditions is not None and key in values and values[key] not in conditions:
            yield f"asks for “{values[key]}”, which is not among conditions of [measures]" + _meant(
                values[key], tuple(conditions)
            )


def _tables(content: dict[str, Any]) -> Iterator[_Table]:
    for name, value in content.items():
        if name in TABLES and isinstance(value, dict) and name != MANY:
            yield _Table(name, 0, value)
        elif name == MANY and isinstance(value, list):
            for place, one in enumerate(value):
                yield _Table(name, place, one)


def _meant(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean “{close[0]}”?" if close else ""


def _meant_value(value: Any, kind: ValueKind) -> str:
    words = value if isinstance(value, list) else [value]
    wrong = [one for one in words if isinstance(one, str) and one not in kind.known]
    return _meant(wrong[0], kind.known) if wrong and kind.known else f", not {value!r}"


def _plan(path: Path, content: dict[str, Any]) -> StudyPlan:
    study, measures = content["study"], content.get("measures", {})
    analysis = read_plan(path) if "analysis" in content else AnalysisPlan()
    roles = content.get("roles", {})
    hypotheses = tuple(
        StudyHypothesis(**{**one, "test": StudyTest(one["test"])}) for one in content.get(MANY, ())
    )
    asked = [name for one in hypotheses for name in _read_by(one)]
    names = dict.fromkeys([*measures.get("names", DEFAULT_MEASURES), *asked])
    return StudyPlan(
        path=path,
        name=study["name"],
        sessions=study.get("sessions", ""),
        participants=study.get("participants", ""),
        results=study.get("results", "results"),
        roles=(roles.get("a", "a"), roles.get("b", "b")),
        analysis=analysis,
        measures=tuple(names),
        conditions=tuple(dict.fromkeys(measures.get("conditions", ()))),
        covariates=tuple(dict.fromkeys(content.get("model", {}).get("covariates", ()))),
        exclusions=Exclusions(**{k: float(v) for k, v in content.get("exclude", {}).items()}),
        partners=content.get("partners", {}).get("count", 20),
        hypotheses=hypotheses,
        hash=study.get("hash", ""),
    )


def _read_by(hypothesis: StudyHypothesis) -> list[str]:
    """Measures that a hypothesis needs; both people's of a person's."""
    if hypothesis.test is not StudyTest.ACTOR_PARTNER:
        return [hypothesis.measure]
    names = (hypothesis.measure, hypothesis.predictor)
    return [f"{name}_{person}" for name in names for person in "ab"]
