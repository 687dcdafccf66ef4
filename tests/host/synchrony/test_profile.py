"""What a profile says, what it refuses to say, and that cautions need chance and own baseline."""

import dataclasses

import numpy as np
import pytest

from dyadkit.synchrony import dynamics, profile
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.coupling import Leader, couple
from dyadkit.synchrony.profile import (
    Pattern,
    ProfileEvidence,
    RecoveryEvidence,
    Responsiveness,
    Topic,
    Usual,
)
from fakes.oscillator_dyads import UNCOUPLED, WINDING_UP, simulate

CALM_USUALLY = Usual(
    strength=0.1,
    strength_deviation=0.05,
    answered_by_a=0.6,
    answered_by_b=0.6,
    amplification=1.0,
)


@pytest.fixture(scope="module")
def session():
    pair = simulate(1, WINDING_UP, seconds=2400)
    return ProfileEvidence(
        coupling=couple(pair[:, 0], pair[:, 1], 1.0),
        oscillator=dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0),
    )


@pytest.fixture(scope="module")
def strangers():
    pair = simulate(4, UNCOUPLED)
    return ProfileEvidence(
        coupling=couple(pair[:, 0], pair[:, 1], 1.0),
        oscillator=dynamics.fit_oscillator(pair[:, 0], pair[:, 1], 1.0),
        usual=CALM_USUALLY,
    )


def only(found, topic):
    (statement,) = found.about(topic)
    return statement


def patterns(evidence):
    return [caution.pattern for caution in profile.coregulation_profile(evidence).cautions]


def test_a_coupled_session_is_said_to_be_coupled(session):
    found = profile.coregulation_profile(session)
    assert only(found, Topic.STRENGTH).decided
    assert "codysregulation" in only(found, Topic.REGIME).sentence
    assert "same way" in only(found, Topic.PHASE).sentence
    assert found.coverage == 1.0


def test_every_statement_says_what_it_does_not_mean(session):
    found = profile.coregulation_profile(session)
    assert all(len(statement.limits) > 20 for statement in found.statements)
    assert "not a diagnosis" in found.disclaimer


def test_strangers_are_not_said_to_move_together(strangers):
    found = profile.coregulation_profile(strangers)
    strength = only(found, Topic.STRENGTH)
    assert not strength.decided
    assert strength.sentence.startswith("No more")
    assert only(found, Topic.DIRECTION).sentence == "Neither is shown to lead."
    assert not only(found, Topic.PHASE).decided
    assert found.cautions == ()


def test_direction_names_who_moves_first(session):
    led = dataclasses.replace(session.coupling, leader=Leader.B, p=0.001, lag_s=-2.0)
    found = profile.coregulation_profile(dataclasses.replace(session, coupling=led))
    assert only(found, Topic.DIRECTION).sentence == "Person b moves first and a follows, by 2.0 s."


def test_amplification_is_a_caution_only_above_the_own_baseline(session):
    assert patterns(dataclasses.replace(session, usual=CALM_USUALLY)).count(
        Pattern.MUTUAL_AMPLIFICATION
    )
    wilder = dataclasses.replace(CALM_USUALLY, amplification=50.0)
    assert Pattern.MUTUAL_AMPLIFICATION not in patterns(dataclasses.replace(session, usual=wilder))


def test_without_an_own_baseline_there_are_no_cautions(session):
    found = profile.coregulation_profile(session)
    assert found.cautions == ()
    assert "amplification" in found.not_judged
    judged = profile.coregulation_profile(dataclasses.replace(session, usual=CALM_USUALLY))
    assert judged.not_judged == ""


def test_synchrony_is_excessive_only_beyond_chance_and_the_own_baseline(session):
    assert Pattern.EXCESSIVE_SYNCHRONY in patterns(dataclasses.replace(session, usual=CALM_USUALLY))
    by_chance = dataclasses.replace(session.coupling, p=0.2)
    usual_for_them = dataclasses.replace(CALM_USUALLY, strength=0.95)
    for change in ({"coupling": by_chance}, {"usual": usual_for_them}):
        changed = dataclasses.replace(session, **({"usual": CALM_USUALLY} | change))
        assert Pattern.EXCESSIVE_SYNCHRONY not in patterns(changed)


@pytest.mark.parametrize(
    ("peaks", "share", "cautioned"),
    [(60, 0.10, True), (60, 0.55, False), (8, 0.0, False), (25, 0.25, False)],
)
def test_responsiveness_is_insufficient_only_with_enough_peaks(strangers, peaks, share, cautioned):
    found = Responsiveness(peaks=peaks, share=share, chance=0.2, p=0.9)
    changed = dataclasses.replace(strangers, by_b=found)
    assert (Pattern.INSUFFICIENT_RESPONSIVENESS in patterns(changed)) is cautioned


def test_every_caution_states_its_threshold_and_what_it_does_not_mean(session):
    deaf = Responsiveness(peaks=80, share=0.05, chance=0.2, p=0.9)
    full = dataclasses.replace(session, usual=CALM_USUALLY, by_a=deaf, by_b=deaf)
    cautions = profile.coregulation_profile(full).cautions
    assert {caution.pattern for caution in cautions} == set(Pattern)
    for caution in cautions:
        assert caution.does_not_mean.startswith("It does not mean")
        assert "chance" in caution.threshold or "no coupling" in caution.threshold
        assert "this dyad's" in caution.threshold


def test_responses_recovery_and_context_are_told_both_ways(strangers):
    full = dataclasses.replace(
        strangers,
        by_a=Responsiveness(peaks=40, share=0.6, chance=0.2, p=0.001, latency_s=2.5),
        by_b=Responsiveness(peaks=40, share=0.25, chance=0.2, p=0.4),
        recovery_a=RecoveryEvidence(alone_s=30.0, together_s=18.0, p=0.01),
        recovery_b=RecoveryEvidence(alone_s=30.0, together_s=31.0, p=0.8),
        contrasts=(Contrast("play", "rest", 0.3, 0.01, 99, (20, 20)),),
    )
    found = profile.coregulation_profile(full)
    assert "more often than chance" in only(found, Topic.RESPONSIVENESS_OF_A).sentence
    assert not only(found, Topic.RESPONSIVENESS_OF_B).decided
    assert "faster" in only(found, Topic.RECOVERY_OF_A).sentence
    assert not only(found, Topic.RECOVERY_OF_B).decided
    assert only(found, Topic.CONTEXT).decided


def test_an_undecided_regime_says_why(strangers):
    noise = np.random.default_rng(1).standard_normal((2, 600)).cumsum(axis=1)
    fit = dynamics.fit_oscillator(noise[0], noise[1], 1.0)
    changed = dataclasses.replace(strangers, oscillator=fit)
    sentence = only(profile.coregulation_profile(changed), Topic.REGIME).sentence
    assert sentence.startswith("The regime is undecided.")
    assert len(sentence) > 30


def test_a_profile_survives_the_way_to_json_and_back(session):
    plain = profile.coregulation_profile(session).to_dict()
    assert profile.CoregulationProfile.from_dict(plain).to_dict() == plain
