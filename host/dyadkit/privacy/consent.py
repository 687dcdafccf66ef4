"""Consent: what both agreed to stands in the session; who withdrew is noted there and respected."""

import datetime
from pathlib import Path

from dyadkit.dyad.traces import PersonName
from dyadkit.errors import SessionError
from dyadkit.privacy.rewriting import facts_of, with_facts


def withdraw(folder: Path, person: PersonName, words: str = "") -> str:
    """Note in a session that a person withdrew; from then on it is neither analysed nor exported.

    The frames stay until they are deleted by `purge`. Gives a sentence.

    Raises
    ------
    SessionError
        not a closed session, or they withdrew before
    """
    withdrawn = facts_of(folder).get("withdrawn", {})
    if person in withdrawn:
        raise SessionError(f"{person} withdrew from {folder} before, on {withdrawn[person]['on']}")
    on = datetime.datetime.now(datetime.UTC).date().isoformat()
    with_facts(folder, {"withdrawn": {**withdrawn, person: {"on": on, "words": words}}})
    return (
        f"{folder}: {person} withdrew on {on}; it is not analysed any more. Delete their half: "
        f"dyadkit purge {folder} --person {person}"
    )
