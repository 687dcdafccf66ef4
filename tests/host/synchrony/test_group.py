import numpy as np
import pytest

from dyadkit.synchrony import group
from fakes.synchrony_pairs import RATE_HZ, autoregressive, coupled


def test_each_dyad_is_called_by_itself_and_false_discoveries_are_controlled():
    rng = np.random.default_rng(1)
    dyads = [coupled(rng, c, n=1600) for c in (0.5, 0.5, 0.5, 0.0, 0.0, 0.0)]
    found = group.assess(dyads, RATE_HZ)
    assert found.found.tolist()[:3] == [True, True, True]
    assert np.all(found.q >= found.p)
    assert found.p_any < 0.001
    assert found.p_partner < 0.05
    assert found.warnings == ()


def test_a_shared_schedule_is_not_taken_for_coupling():
    rng = np.random.default_rng(2)
    schedule = autoregressive(rng, 1600, 0.8)
    dyads = [[schedule + autoregressive(rng, 1600, 0.8) for _ in "ab"] for _ in range(6)]
    found = group.assess(dyads, RATE_HZ)
    assert found.p_together < 0.01
    assert found.p_partner > 0.05
    assert "schedule" in found.warnings[0]


def test_independent_dyads_are_rarely_called_together():
    rng = np.random.default_rng(3)
    p = [
        (found.p_together, found.p_partner)
        for found in (
            group.assess([coupled(rng, n=960) for _ in range(4)], RATE_HZ, seed=k)
            for k in range(25)
        )
    ]
    assert np.all(np.mean(np.array(p) <= 0.05, axis=0) <= 0.2)


def test_one_coupled_dyad_does_not_speak_for_the_others():
    p = np.array([1e-12, *np.random.default_rng(7).uniform(0.1, 0.9, 11)])
    apart = np.arange(12)
    assert group._together(p, apart) > 0.05  # Stouffer's sum gives 0.03
    assert group._together(np.linspace(0.05, 0.15, 12), apart) < 0.001


def test_sessions_of_one_dyad_and_dyads_of_one_family_count_once():
    people = [("mia", "mum"), ("mia", "mum"), ("mia", "dad"), ("leo", "eva"), ("tom", "dad")]
    clusters = group._clusters(people, 5)
    assert clusters.tolist() == [0, 0, 0, 1, 0]
    p = np.array([1e-6, 1e-6, 1e-6, 0.4, 1e-6])
    assert group._together(p, clusters) > group._together(p, np.arange(5))


def test_a_family_is_a_group_with_others_only():
    rng = np.random.default_rng(8)
    dyads = [coupled(rng, 0.5, n=960) for _ in range(3)]
    found = group.assess(dyads, RATE_HZ, people=[("a", "b"), ("a", "c"), ("d", "e")])
    assert found.clusters.tolist() == [0, 0, 1]
    assert found.p_partner >= 0.45  # two clusters can be exchanged in one way only
    with pytest.raises(ValueError, match="share people"):
        group.assess(dyads, RATE_HZ, people=[("a", "b"), ("a", "c"), ("c", "d")])
    with pytest.raises(ValueError, match="people of 1 dyads"):
        group.assess(dyads, RATE_HZ, people=[("a", "b")])


def test_the_same_seed_gives_the_same_result_and_json_keeps_it():
    dyads = [coupled(np.random.default_rng(k), 0.2, n=960) for k in range(3)]
    first, second = (group.assess(dyads, RATE_HZ, seed=4).to_dict() for _ in range(2))
    assert first == second
    assert group.GroupCoupling.from_dict(first).to_dict() == first


def test_sessions_of_different_length_can_be_compared():
    rng = np.random.default_rng(5)
    dyads = [coupled(rng, 0.4, n=n) for n in (960, 1200, 1100)]
    assert group.assess(dyads, RATE_HZ).excess.shape == (3, 3)


def test_one_dyad_is_no_group():
    with pytest.raises(ValueError, match="at least two"):
        group.assess([coupled(np.random.default_rng(6))], RATE_HZ)
