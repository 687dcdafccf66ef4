"""Visits of one dyad: its sessions, analysed one by one."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from dyadkit.analysis.whole import analyze
from dyadkit.dyad.fingerprint import Fingerprint, fingerprint, shared
from dyadkit.errors import SessionError
from dyadkit.sessions.loading import merged, open_session
from dyadkit.study.weeks import Visit

DAY_S = 86_400.0


def follow(paths: Sequence[Path], days: Sequence[float] = (), seed: int = 0) -> Iterator[Visit]:
    """Visits of one dyad, each analysed when it is asked for.

    days : of each session, counted from any day; by default from the times the sessions began
    seed : of each analysis

    Raises
    ------
    ValueError
        a session given twice, under whatever name, or not as many days as sessions
    SessionError
        not a session, or one that does not know when it began
    """
    resolved = [path.resolve() for path in paths]
    twice = next((one for one in paths if resolved.count(one.resolve()) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} is given twice: name each session once")
    if days and len(days) != len(paths):
        raise ValueError(f"{len(days)} days for {len(paths)} sessions: give one day a session")
    earlier: list[tuple[Path, Fingerprint]] = []
    for place, path in enumerate(paths):
        opened = open_session(path)
        day = days[place] if days else _began_day(opened.stored.about, path)
        dyad = merged(opened)
        earlier.append((path, fingerprint(dyad)))
        _refuse_same_data(earlier)
        yield Visit(day, analyze(dyad, seed))


def _refuse_same_data(earlier: Sequence[tuple[Path, Fingerprint]]) -> None:
    """Refuse the last session if one before it holds the same samples."""
    *before, (path, last) = earlier
    for other, known in before:
        same = shared(known, last)
        if same:
            raise ValueError(
                f"{other} and {path} hold the same samples ({same}): one session under two names "
                "is one visit"
            )


def _began_day(about: dict[str, object], path: Path) -> float:
    try:
        began = datetime.datetime.fromisoformat(str(about.get("began_utc")))
    except ValueError:
        raise SessionError(
            f"{path} does not know when it began: give the days of all sessions with --days"
        ) from None
    return began.replace(tzinfo=began.tzinfo or datetime.UTC).timestamp() / DAY_S
