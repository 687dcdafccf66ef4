"""What is looked at before a recording begins, and what happens where it does not hold."""

import pytest

from dyadkit.capture.preflight import OnRefusal, Preflight, Severity, examine
from dyadkit.capture.progress import SessionPhase
from dyadkit.capture.session import NEXT
from dyadkit.demo import simulated
from dyadkit.errors import SessionError
from dyadkit.sim.people import bodies
from dyadkit.storage import SessionWriter, read_session
from dyadwire import frames, messages
from fakes.short_session import begun
from fakes.trial import NOTHING_LOST, Trial

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")

QUICK = Preflight(patience_s=7.0)
FORCED = Preflight(OnRefusal.NOTE, patience_s=7.0)


def status(percent):
    reported = dict.fromkeys(messages.Status._fields, 0)
    return messages.Status(**{**reported, "battery_percent": percent})


def checked(tmp_path, percent, needs=QUICK):
    """Checks of a session in which nothing was said but the battery."""
    writer = SessionWriter(tmp_path / "s")
    for person in "ab":
        reported = status(percent)
        writer.append(f"{person}/heard", 1, frames.frame(reported.KIND, messages.pack(reported)))
    writer.sync()
    writer.abandon()
    return {(one.what, one.person): one for one in examine(tmp_path / "s", needs)}


@pytest.mark.parametrize(
    ("percent", "level"),
    [(5, Severity.REFUSE), (19, Severity.REFUSE), (20, Severity.FINE), (100, Severity.FINE),
     (messages.NO_BATTERY, Severity.DOUBT)],
)  # fmt: skip
def test_a_battery_below_twenty_percent_is_refused(tmp_path, percent, level):
    assert checked(tmp_path, percent)["battery", "a"].level is level


def test_what_gives_no_samples_is_refused_person_by_person(tmp_path):
    checks = checked(tmp_path, 90)
    for person in "ab":
        for what in ("pulse contact", "pulse quality", "skin contact", "clock"):
            assert checks[what, person].level is Severity.REFUSE
            assert person in checks[what, person].says


def test_a_disk_that_is_too_small_is_refused(tmp_path):
    checks = checked(tmp_path, 90, Preflight(hours=1e9))
    assert checks["disk", ""].level is Severity.REFUSE


def test_two_calm_people_pass_and_are_recorded(tmp_path):
    pair = bodies.meet(bodies.Encounter(), 10 + simulated.SETTLE_S, 3)
    done = simulated.record_pair(
        pair, simulated.Circumstances(seed=3), tmp_path / "s", preflight=Preflight()
    )
    assert not done.outcome.has_gaps
    [looked] = [e for e in read_session(tmp_path / "s").host_log() if e["event"] == "preflight"]
    levels = {(one["what"], one["person"]): one["level"] for one in looked["checks"]}
    assert "refuse" not in levels.values()
    assert len(levels) == 11


def test_a_pulse_that_is_none_is_refused_and_leaves_nothing_behind(tmp_path):
    with pytest.raises(SessionError, match=r"not begun: .*pulse of a .*\(--force begins anyway"):
        Trial(seconds=5.0, plan={"preflight": QUICK}).run(tmp_path / "s")
    assert not (tmp_path / "s").exists()
    came = Trial(seconds=5.0, plan={"preflight": FORCED}).run(tmp_path / "s")
    assert came.losses() == NOTHING_LOST
    assert any("pulse of a" in note for note in came.outcome.notes)
    assert any("pulse of a" in alarm for alarm in came.scene.alarms())


def test_every_phase_but_the_last_leads_on_and_none_leads_back():
    order = list(SessionPhase)
    assert {phase for phase, _ in NEXT} == set(order) - {SessionPhase.CLOSED, SessionPhase.REFUSED}
    assert all(order.index(after) > order.index(before) for (before, _), after in NEXT.items())


@pytest.mark.parametrize(
    ("address", "advice"),
    [("/dev/ttyACM0", "check the cable"), ("AA:BB:CC:00:11:22", "bring the wearable closer")],
)
def test_a_clock_that_is_not_known_is_helped_by_what_the_link_is(tmp_path, address, advice):
    writer = begun(tmp_path / "s")
    for person in "ab":
        writer.log(0, "connected", topic="links", person=person, address=address)
    writer.sync()
    found = [one for one in examine(tmp_path / "s", Preflight()) if one.what == "clock"]
    writer.abandon()
    assert [one.says for one in found] == [
        f"the clock of {person} is not known yet: {advice}" for person in "ab"
    ]
