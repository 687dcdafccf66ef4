"""Answers of a study: each hypothesis by the test it names, worded as what was tested."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError
from dyadkit.study.group.actors import actor_partner
from dyadkit.study.group.flips import Paired, contrast
from dyadkit.study.group.means import Effect, covariate_effect, mean_effect, trend_effect
from dyadkit.study.group.nulls import Prevalence, prevalence, sober
from dyadkit.study.group.sample import Sample
from dyadkit.study.group.strangers import beyond_strangers
from dyadkit.study.measures import COUPLINGS, MEASURES
from dyadkit.study.plan.choices import LEVEL, StudyHypothesis, StudyPlan, StudyTest
from dyadkit.study.run.outcome import StrangerCell, StrangersOutcome
from dyadkit.study.table import Row, chosen, sample_of
from dyadkit.synchrony.chance.correction import holm, p_words

_NAN = float("nan")
ALONE_LEVEL = 2.0 * LEVEL
"""Without any one dyad a mean must still stand out so far, or it is that dyad's."""
MIN_COUPLED = 2
"""A mean over dyads is claimed of coupling only where it is shown in more than one of them."""
MAX_LEFT_OUT = 50
"""Dyads that are left out one by one: those farthest from the mean; others matter less."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Result):
    """Answer to one hypothesis.

    sentence : worded as what was tested; positive : whether it claims something beyond chance
    p, p_corrected : by Holm among primary hypotheses, else by the false-discovery rate
    estimate, interval, df : of the effect; NaN where the test has none
    between : standard deviation of dyads' true values
    frailest, p_without : the dyad without which the effect is least sure, and its p then
    limits : what the sentence does not mean
    """

    name: str
    test: str
    measure: str
    condition: str
    primary: bool
    sentence: str
    positive: bool
    p: float
    p_corrected: float
    estimate: float
    interval: tuple[float, float]
    df: float
    between: float
    dyads: int
    rows: int
    frailest: str = ""
    p_without: float = _NAN
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StudyEvidence:
    """What hypotheses are asked of: all rows, and partners of other dyads by session.

    marked : conditions that are marked within sessions
    """

    rows: Sequence[Row]
    strangers: Mapping[str, StrangersOutcome] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    seed: int = 0

    def sample(self, measure: str, condition: str) -> Sample:
        """Rows of a measure that count."""
        return sample_of(chosen(self.rows, measure, condition))

    def cell(self, session: str, measure: str, condition: str) -> StrangerCell | None:
        """A session's partners of other dyads, in a measure and condition."""
        found = self.strangers.get(session)
        cells = [one for one in found.cells if one.measure == measure] if found else []
        fitting = [one for one in cells if one.condition == condition]
        # A condition that is a session's own holds for all of it.
        whole = [one for one in cells if not one.condition and condition not in self.marked]
        return next(iter([*fitting, *whole]), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a test gave, before it is corrected; `shown` and `not_shown` are its sentences.

    doubt : why nothing is claimed, whatever the p
    """

    effect: Effect
    shown: str
    not_shown: str
    p: float
    limits: tuple[str, ...] = ()
    frailest: str = ""
    p_without: float = _NAN
    doubt: str = ""


def answers(evidence: StudyEvidence, hypotheses: Sequence[StudyHypothesis]) -> tuple[Answer, ...]:
    """Answers to all hypotheses, corrected for their number; what cannot be asked says why."""
    asked: dict[str, _Asked] = {}
    refused: dict[str, str] = {}
    for one in hypotheses:
        try:
            asked[one.name] = _ASK[one.test](evidence, one)
        except SignalError as refusal:
            refused[one.name] = str(refusal)
    corrected = _corrected(hypotheses, asked)
    return tuple(
        _answer(one, asked[one.name], corrected[one.name])
        if one.name in asked
        else _refused(one, refused[one.name])
        for one in hypotheses
    )


def default_hypotheses(plan: StudyPlan) -> tuple[StudyHypothesis, ...]:
    """What is asked where the plan asks nothing: none of it is primary."""
    return tuple(
        StudyHypothesis(f"{test} {measure}", measure, test, primary=False)
        for measure in plan.measures
        if measure in COUPLINGS
        for test in (StudyTest.MEAN, StudyTest.ANY, StudyTest.PREVALENCE, StudyTest.PARTNERS)
    )


def _corrected(
    hypotheses: Sequence[StudyHypothesis], asked: Mapping[str, _Asked]
) -> dict[str, float]:
    """Primary hypotheses by Holm; the others by their false-discovery rate, as one list.

    References
    ----------
    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57, 289–300
    """
    p = {one.name: asked[one.name].p for one in hypotheses if one.name in asked}
    primary = {one.name: p[one.name] for one in hypotheses if one.primary and one.name in p}
    others = [name for name in p if name not in primary]
    found = holm(primary)
    if others:
        q = stats.false_discovery_control([p[name] for name in others])
        found |= dict(zip(others, map(float, q), strict=True))
    return found


def _answer(one: StudyHypothesis, asked: _Asked, corrected: float) -> Answer:
    positive = corrected <= LEVEL and not asked.doubt
    size = f"{p_words(corrected)}, corrected" if corrected == corrected else "no p"
    words = (asked.shown if positive else asked.not_shown).format(p=size)
    if asked.doubt and corrected <= LEVEL:
        words += f" {asked.doubt}"
    effect = asked.effect
    return Answer(
        name=one.name,
        test=one.test.value,
        measure=one.measure,
        condition=one.condition,
        primary=one.primary,
        sentence=words,
        positive=positive,
        p=asked.p,
        p_corrected=corrected,
        estimate=effect.value,
        interval=effect.interval,
        df=effect.df,
        between=effect.between,
        dyads=effect.dyads,
        rows=effect.rows,
        frailest=asked.frailest,
        p_without=asked.p_without,
        limits=(*asked.limits, *effect.notes),
    )


def _refused(one: StudyHypothesis, why: str) -> Answer:
    return Answer(
        one.name, one.test.value, one.measure, one.condition, one.primary,
        f"“{one.name}” cannot be answered: {why}.", positive=False, p=_NAN, p_corrected=_NAN,
        estimate=_NAN, interval=(_NAN, _NAN), df=_NAN, between=_NAN, dyads=0, rows=0,
    )  # fmt: skip


def _words(one: StudyHypothesis) -> str:
    words = MEASURES[one.measure][0] if one.measure in MEASURES else one.measure.replace("_", " ")
    return f"{words} in “{one.condition}”" if one.condition else words


def _size(effect: Effect) -> str:
    low, high = effect.interval
    return f"{effect.value:+.3g}, 95 % {low:+.3g} to {high:+.3g}"


def _mean(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    sample, columns = _with_covariates(evidence, one, ())
    found = mean_effect(sample, columns)
    frailest, p_without = frailest_dyad(sample)
    what = f"{_words(one)} ({_size(found)}; {{p}}; {found.dyads} dyads)"
    above = "above" if found.value > 0 else "below"
    return _Asked(
        found,
        f"On average over dyads like these, {above} 0: {what}.",
        f"The mean over dyads is not shown to differ from 0: {what}.",
        found.p,
        ("A mean over dyads says nothing of any one dyad.",),
        frailest,
        p_without,
        _doubt(evidence, one, found) or _rests_on(frailest, p_without),
    )


def _rests_on(dyad: str, p_without: float) -> str:
    if not p_without > ALONE_LEVEL:
        return ""
    return f"It rests on dyad {dyad}: without it, {p_words(p_without)}."


def _doubt(evidence: StudyEvidence, one: StudyHypothesis, found: Effect) -> str:
    """Why a mean coupling is not that of the dyads: their own tests show it in fewer than two."""
    if one.measure not in COUPLINGS or found.value < 0:
        return ""
    try:
        shown = _prevalence(evidence, one)[0]
    except SignalError:
        return ""
    if shown.min_coupled >= MIN_COUPLED:
        return ""
    return "The sessions' own tests do not show that two or more dyads are coupled."


def frailest_dyad(sample: Sample) -> tuple[str, float]:
    """The dyad without which a mean is least sure, and its p then; NaN with too few dyads."""
    middle = float(np.median(sample.values))
    order = np.argsort(-np.abs(sample.values - middle))
    names = list(dict.fromkeys(sample.dyads[k] for k in order))[:MAX_LEFT_OUT]
    found = ("", _NAN)
    for name in names:
        try:
            p = mean_effect(sample.without(name)).p
        except SignalError:
            continue
        found = (name, p) if not found[1] >= p else found
    return found


def _with_covariates(
    evidence: StudyEvidence, one: StudyHypothesis, more: tuple[str, ...]
) -> tuple[Sample, dict[str, Floats]]:
    """Rows that have all covariates of the plan, and their numbers."""
    rows = chosen(evidence.rows, one.measure, one.condition)
    names = (*evidence.covariates, *more)
    rows = [row for row in rows if all(row.covariates.get(name) for name in names)]
    return sample_of(rows), {name: _numbers(rows, name) for name in names}


def _numbers(rows: Sequence[Row], name: str) -> Floats:
    """A covariate as numbers; of two groups, in the order of their names, 0 and 1."""
    words = [row.covariates[name] for row in rows]
    try:
        return np.array([float(word) for word in words])
    except ValueError:
        groups = sorted(set(words))
    if len(groups) != 2:
        raise SignalError(
            f"{name} holds {len(groups)} different words; give numbers, or two groups"
        )
    return np.array([float(word == groups[1]) for word in words])


def _covariate(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    more = () if one.covariate in evidence.covariates else (one.covariate,)
    sample, columns = _with_covariates(evidence, one, more)
    found = covariate_effect(sample, one.covariate, columns)
    what = f"{_words(one)} with {one.covariate} ({_size(found)} a unit; {{p}}; {found.dyads} dyads)"
    return _Asked(
        found,
        f"Goes with {one.covariate}: {what}.",
        f"No relation shown: {what}.",
        found.p,
        ("That two things go together does not say that one makes the other.",),
    )


def _any(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    found, effect = _prevalence(evidence, one)
    what = f"{_words(one)} ({{p}}; {found.dyads} dyads)"
    return _Asked(
        effect,
        f"In at least one dyad there is coupling beyond chance: {what}.",
        f"Not shown that any dyad is coupled: {what}.",
        found.p_any,
        ("Tested was that no dyad is coupled; it does not say that the dyads are.",),
    )


def _majority(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    found, effect = _prevalence(evidence, one)
    count = f"at least {found.min_coupled} of {found.dyads} dyads, 95 %"
    what = f"{_words(one)} ({count}; {{p}} for most of them)"
    return _Asked(
        effect,
        f"Most dyads are coupled: {what}.",
        f"Not shown that most dyads are coupled: {what}.",
        found.p_majority,
        ("How many are coupled says nothing of how strongly.",),
    )


def _prevalence(evidence: StudyEvidence, one: StudyHypothesis) -> tuple[Prevalence, Effect]:
    """How many dyads are coupled, their p as sober as the study's own strangers ask for."""
    rows = chosen(evidence.rows, one.measure, one.condition)
    cells = [evidence.cell(row.session, one.measure, "") for row in rows]
    known = [cell.p for cell in cells if cell is not None]
    of_strangers = np.concatenate(known) if known else np.empty(0)
    sample = sample_of(rows)
    found = prevalence(sample.with_p(sober(sample.p, of_strangers)))
    share = found.min_coupled / found.dyads
    effect = Effect(
        share, (share, 1.0), found.p_any, _NAN, _NAN, (_NAN, _NAN), found.dyads, len(rows),
        found.dyads, sample.persons_shared(),
    )  # fmt: skip
    return found, effect


def _contrast(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    pair = Paired(
        evidence.sample(one.measure, one.condition), evidence.sample(one.measure, one.against)
    )
    found = contrast(pair.differences(), evidence.seed)
    words = _words(replace(one, condition=""))
    what = (
        f"{words} in “{one.condition}” less “{one.against}” ({_size(found)}; {{p}}; "
        f"{found.dyads} dyads)"
    )
    return _Asked(
        found,
        f"The conditions differ within dyads: {what}.",
        f"No difference shown between the conditions: {what}.",
        found.p,
        ("A difference between conditions is not a difference made by them.",),
    )


def _partners(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    rows = chosen(evidence.rows, one.measure, one.condition)
    cells = [evidence.cell(row.session, one.measure, one.condition) for row in rows]
    kept = [(row, cell) for row, cell in zip(rows, cells, strict=True) if cell is not None]
    if not kept:
        raise SignalError("no session was compared with partners of other dyads")
    real = sample_of([row for row, _ in kept])
    real = real.with_values(np.array([cell.real for _, cell in kept]))
    found = beyond_strangers(
        real, [cell.a_with for _, cell in kept], [cell.b_with for _, cell in kept]
    )
    what = f"{_words(one)} ({_size(found)} more; {{p}}; {found.dyads} dyads)"
    return _Asked(
        found,
        f"Real partners are more alike than those who never met, at the same time: {what}."
        if found.value > 0
        else f"Real partners are less alike than those who never met: {what}.",
        f"Real partners are not shown to be more alike than those who never met: {what}.",
        found.p,
        ("A shared schedule or task cannot explain it; what only the two shared can.",),
    )


def _trend(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    found = trend_effect(evidence.sample(one.measure, one.condition))
    way = "grows" if found.value > 0 else "falls"
    what = f"{_words(one)} ({_size(found)} a week; {{p}}; {found.dyads} dyads)"
    return _Asked(
        found,
        f"Over the sessions of a dyad it {way}: {what}.",
        f"No change shown over the sessions of a dyad: {what}.",
        found.p,
        ("A change over weeks is not a change made by what happened in between.",),
    )


def _actor_partner(evidence: StudyEvidence, one: StudyHypothesis) -> _Asked:
    outcome, predictor = (
        [_by_session(evidence, f"{name}_{person}", one.condition) for person in "ab"]
        for name in (one.measure, one.predictor)
    )
    names = sorted(set.intersection(*(set(each) for each in (*outcome, *predictor))))
    samples = [sample_of([each[name] for name in names]) for each in (*outcome, *predictor)]
    found = actor_partner((samples[0], samples[1]), (samples[2].values, samples[3].values))
    effect = Effect(
        found.partner, found.partner_interval, found.partner_p, found.partner_df, _NAN,
        (_NAN, _NAN), found.dyads, found.rows, found.dyads, (),
    )  # fmt: skip
    words = [name.replace("_", " ") for name in (one.measure, one.predictor)]
    what = (
        f"{words[0]} with the partner's {words[1]} ({_size(effect)} a unit; {{p}}; own: "
        f"{found.actor:+.3g}, {p_words(found.actor_p)}; {found.dyads} dyads)"
    )
    return _Asked(
        effect,
        f"Goes with the partner's: {what}.",
        f"No relation shown with the partner's: {what}.",
        found.partner_p,
        ("That two things go together does not say that one makes the other.",),
    )


def _by_session(evidence: StudyEvidence, measure: str, condition: str) -> dict[str, Row]:
    return {row.session: row for row in chosen(evidence.rows, measure, condition)}


_ASK: dict[StudyTest, Callable[[StudyEvidence, StudyHypothesis], _Asked]] = {
    StudyTest.MEAN: _mean,
    StudyTest.ANY: _any,
    StudyTest.PREVALENCE: _majority,
    StudyTest.CONTRAST: _contrast,
    StudyTest.COVARIATE: _covariate,
    StudyTest.PARTNERS: _partners,
    StudyTest.TREND: _trend,
    StudyTest.ACTOR_PARTNER: _actor_partner,
}
