"""Group inference: what hangs together is not counted twice, and one dyad is not the dyads."""

import warnings

import numpy as np
import pytest
from scipy import stats

from dyadkit.errors import SignalError
from dyadkit.study.answers import ALONE_LEVEL, StudyEvidence, answers
from dyadkit.study.group.actors import actor_partner
from dyadkit.study.group.flips import contrast, flipped_p
from dyadkit.study.group.means import covariate_effect, mean_effect, trend_effect
from dyadkit.study.group.mixed import Component, fit_mixed
from dyadkit.study.group.nulls import prevalence, sober
from dyadkit.study.group.sample import Sample, per_dyad
from dyadkit.study.group.strangers import beyond_strangers
from dyadkit.study.measures import Estimate
from dyadkit.study.plan.choices import StudyHypothesis, StudyTest
from dyadkit.study.table import Row
from worlds import studies

SEED = 26


def test_independent_dyads_give_the_t_test():
    values = np.random.default_rng(SEED).normal(0.3, 1.0, 12)
    fit = fit_mixed(values, {"mean": np.ones(12)}, {"session": Component.of(np.arange(12))})
    found = stats.ttest_1samp(values, 0.0)
    assert fit.p() == pytest.approx(found.pvalue)
    assert fit.interval() == pytest.approx(found.confidence_interval())


def test_sessions_of_a_dyad_give_the_mixed_model_of_statsmodels():
    models = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    rng = np.random.default_rng(SEED)
    dyad, slope = np.repeat(np.arange(20), 3), rng.standard_normal(60)
    values = 0.3 + 0.2 * slope + 0.7 * rng.standard_normal(20)[dyad] + rng.standard_normal(60)
    fit = fit_mixed(
        values,
        {"mean": np.ones(60), "slope": slope},
        {"dyad": Component.of(dyad), "session": Component.of(np.arange(60))},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        design = np.column_stack([np.ones(60), slope])
        theirs = models.MixedLM(values, design, groups=dyad).fit(reml=True)
    assert fit.effects == pytest.approx(theirs.params[:2], rel=1e-3)
    assert fit.variances["session"] == pytest.approx(theirs.scale, rel=1e-3)
    assert fit.variances["dyad"] == pytest.approx(float(theirs.cov_re[0, 0]), rel=2e-3)
    # Theirs leaves out that the variances are estimated: ours are a little wider.
    assert np.all(fit.errors >= theirs.bse_fe * 0.999)
    assert np.all(fit.errors <= theirs.bse_fe * 1.1)


def test_a_balanced_study_of_two_sessions_is_the_t_test_of_its_dyads():
    rng = np.random.default_rng(SEED)
    values = rng.standard_normal(10)[np.repeat(np.arange(10), 2)] + rng.standard_normal(20)
    sample = Sample.of(values, [str(k // 2) for k in range(20)])
    fit = fit_mixed(
        values,
        {"mean": np.ones(20)},
        {"dyad": Component.of(sample.numbers_of_dyads()), "session": Component.of(np.arange(20))},
    )
    found = stats.ttest_1samp(per_dyad(sample).values, 0.0)
    assert fit.df[0] == pytest.approx(9.0, rel=1e-3)
    assert fit.p() == pytest.approx(found.pvalue, rel=1e-3)


def test_repeating_sessions_makes_no_dyads():
    rng = np.random.default_rng(SEED)
    level = 0.5 + rng.standard_normal(8)
    once = mean_effect(Sample.of(level))
    many = np.repeat(level, 6) + 0.01 * rng.standard_normal(48)
    often = mean_effect(Sample.of(many, [str(k // 6) for k in range(48)]))
    assert often.p == pytest.approx(once.p, rel=0.1)
    assert often.dyads == 8


def test_who_is_in_every_dyad_is_named():
    persons = [("therapist", f"client {k}") for k in range(12)]
    rng = np.random.default_rng(SEED)
    found = mean_effect(Sample.of(rng.standard_normal(12), None, persons))
    assert found.notes[0].startswith("therapist is in every dyad")


def test_families_are_clusters():
    dyads, persons = studies.families(9)
    assert len(set(Sample.of(np.zeros(9), dyads, persons).clusters().tolist())) == 3


def test_exact_sign_flips_are_all_patterns():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert flipped_p(values) == 2 / 64
    with pytest.raises(SignalError, match="no dyad differs"):
        flipped_p(np.zeros(6))


def test_sign_flips_agree_with_the_t_test_on_normal_differences():
    rng = np.random.default_rng(SEED)
    values = 0.4 + rng.standard_normal(40)
    found = contrast(Sample.of(values))
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.0).pvalue, abs=0.01)


def test_bold_p_values_are_made_sober_and_good_ones_are_left():
    rng = np.random.default_rng(SEED)
    p = rng.random(4000)
    assert np.mean(sober(p**1.3, p**1.3) <= 0.05) == pytest.approx(0.05, abs=0.012)
    timid = p**0.7
    assert np.array_equal(sober(timid, timid), timid)
    assert np.array_equal(sober(p, p[:5]), p)


def test_the_partial_conjunction_counts_what_is_beyond_doubt():
    p = np.array([1e-9] * 7 + [0.2, 0.5, 0.6, 0.8, 0.9])
    found = prevalence(Sample.of(np.zeros(12)).with_p(p))
    assert found.min_coupled == 7
    assert found.p_majority <= 0.05
    assert found.significant == 7


@pytest.mark.parametrize("count", [8, 12])
def test_one_coupled_dyad_is_never_the_dyads(count):
    for k in range(20):
        sample = studies.one_coupled(np.random.default_rng([SEED, count, k]), count)
        asked = [StudyHypothesis("mean", "coupling_eda", StudyTest.MEAN)]
        found = answers(StudyEvidence(rows(sample.values, sample.p)), asked)[0]
        assert not (found.positive and found.estimate > 0), (count, k)
        shares = prevalence(sample)
        assert shares.p_any <= 0.05
        assert shares.p_majority > 0.05


def rows(values, p, condition=""):
    return [
        Row(f"s{k}", f"d{k}", (f"a{k}", f"b{k}"), float("nan"), condition, "coupling_eda", "whole",
            Estimate(value, 0.02, 8, one, 2400, 1.0), "", {"group": "ab"[k % 2]})
        for k, (value, one) in enumerate(zip(values, p, strict=True))
    ]  # fmt: skip


def test_the_claim_is_worded_as_what_was_tested():
    sample = studies.one_coupled(np.random.default_rng(SEED), 12)
    asked = [StudyHypothesis(test.value, "coupling_eda", test)
             for test in (StudyTest.MEAN, StudyTest.ANY, StudyTest.PREVALENCE)]  # fmt: skip
    found = {one.test: one for one in answers(StudyEvidence(rows(sample.values, sample.p)), asked)}
    assert [found[name].positive for name in ("mean", "any", "prevalence")] == [False, True, False]
    assert "In at least one dyad" in found["any"].sentence
    assert "does not say that the dyads are" in found["any"].limits[0]
    assert "not shown" in found["mean"].sentence


def test_a_mean_that_rests_on_one_dyad_is_not_claimed_and_says_so():
    values = np.array([0.018, 0.02, 0.0, 0.02, 0.019, 0.021, -0.012, 0.3])
    for k in range(40):
        values[-1] = 0.02 + 0.002 * k
        answer = answers(
            StudyEvidence(rows(values, np.full(8, 1e-4))),
            [StudyHypothesis("mean", "coupling_eda", StudyTest.MEAN)],
        )[0]
        if answer.p <= 0.05:
            assert answer.positive == (answer.p_without <= ALONE_LEVEL)
    assert answer.dyads == 8


def test_primary_and_other_hypotheses_are_corrected_apart():
    asked = [
        StudyHypothesis(f"h{k}", "coupling_eda", StudyTest.MEAN, primary=k < 2) for k in range(6)
    ]
    found = answers(StudyEvidence(rows(np.linspace(-0.01, 0.03, 12), np.full(12, 0.5))), asked)
    p = found[0].p
    assert found[0].p_corrected == pytest.approx(min(1.0, 2 * p))
    assert found[5].p_corrected == pytest.approx(p)  # four equal tests: Benjamini-Hochberg


def test_two_groups_and_numbers_are_covariates_and_words_are_refused():
    rng = np.random.default_rng(SEED)
    group = np.arange(20) % 2
    values = 0.1 * group + 0.02 * rng.standard_normal(20)
    asked = [StudyHypothesis("g", "coupling_eda", StudyTest.COVARIATE, covariate="group")]
    found = answers(StudyEvidence(rows(values, np.full(20, 0.5))), asked)[0]
    assert found.positive
    assert found.interval[0] < 0.1 < found.interval[1]
    theirs = stats.ttest_ind(values[group == 1], values[group == 0])
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)


def test_too_little_is_refused_with_a_sentence():
    with pytest.raises(SignalError, match="3 dyads have a value; a statement on dyads needs 4"):
        mean_effect(Sample.of(np.array([1.0, 2.0, 3.0])))
    with pytest.raises(SignalError, match="do not vary"):
        mean_effect(Sample.of(np.ones(9)))
    with pytest.raises(SignalError, match="say the same"):
        covariate_effect(Sample.of(np.arange(9.0)), "x", {"x": np.ones(9)})
    with pytest.raises(SignalError, match="0 dyads have sessions on different days"):
        trend_effect(Sample.of(np.arange(9.0)))
    with pytest.raises(SignalError, match="no dyad has a test"):
        prevalence(Sample.of(np.zeros(5)))
    with pytest.raises(SignalError, match="partners of other dyads"):
        beyond_strangers(Sample.of(np.zeros(5)), *np.full((2, 5, 8), np.nan))
    empty = Sample.of(np.full(6, np.nan))
    with pytest.raises(SignalError, match="0 dyads have all four values"):
        actor_partner((empty, empty), (np.zeros(6), np.zeros(6)))


FAST = ("mean", "any dyad (global null)", "most dyads, half are", "contrast by sign-flips",
        "covariate", "real against other partners")  # fmt: skip


@pytest.mark.parametrize("name", FAST)
def test_group_tests_keep_their_error_rate_on_twelve_dyads(name):
    p = [studies.NULLS[name](np.random.default_rng([SEED, k]), 12, "eda") for k in range(200)]
    rate = np.mean(np.array(p) <= 0.05)
    assert rate <= 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / 200), name


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 12, 20, 100])
@pytest.mark.parametrize("name", studies.NULLS)
def test_group_tests_keep_their_error_rate(name, count):
    p = [studies.NULLS[name](np.random.default_rng([SEED, count, k]), count, "eda")
         for k in range(400)]  # fmt: skip
    hits = int(np.sum(np.array(p) <= 0.05))
    low = stats.binomtest(hits, 400).proportion_ci(method="wilson").low
    assert low <= 0.07, (name, count, hits)
