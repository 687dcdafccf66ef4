"""Tables of what makes pages of results, filled from above: results import nothing there."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

Renderer = Callable[[Any], str]


class Audience(StrEnum):
    """For whom a page is: the whole, or one page of plain words for those it is of.

    Examples
    --------
    >>> [str(one) for one in Audience]
    ['researcher', 'participant']
    """

    RESEARCHER = "researcher"
    PARTICIPANT = "participant"


RENDERERS: dict[str, Renderer] = {}
"""What makes a page of a result, by the name of its class; `dyadkit/__init__` fills it."""
FOR_PARTICIPANTS: dict[str, Renderer] = {}
"""The same in plain words, where there is such a page."""
IN_NOTEBOOKS: dict[str, Renderer] = {}
"""What makes the part of a page that a notebook shows of a result."""


def renderer_of(name: str, audience: Audience) -> Renderer:
    """What makes the page of a result for an audience.

    Raises
    ------
    ValueError
        there is no such page
    """
    tables = {Audience.RESEARCHER: RENDERERS, Audience.PARTICIPANT: FOR_PARTICIPANTS}
    found = tables[Audience(audience)].get(name)
    if found is None:
        raise ValueError(f"there is no page of {name} for the audience {audience}")
    return found
