"""Page of a bring-up: every step of both boards, measured beside simulated."""

from dyadkit.devices.bench.bringup import Bringup, StepOutcome
from dyadkit.report.header import Head
from dyadkit.report.page import page
from dyadkit.report.words import Table, number


def render(found: Bringup) -> str:
    """Page of a bring-up as HTML: one file, no network, readable without JavaScript."""
    boards = ", ".join(f"{person}: {words}" for person, words in found.boards.items())
    return page(
        "bringup.html",
        {
            "title": f"Bring-up of two boards, {found.date}",
            "head": Head(
                (), ("", ""), "", f"{boards or 'boards not told'}; figures {found.origin}", ()
            ),
            "sentences": found.sentences(),
            "steps": Table(
                "Steps done, in their order",
                ("step", "board", "with what", "expected", f"found ({found.origin})", "verdict"),
                [_row(one) for one in found.outcomes],
            ),
            "models": _models(found),
            "methods": [
                "Steps and limits are those of hardware/bringup-checklist.md.",
                f"Figures in the column found are {found.origin}; those of models say how they "
                "were had and in which document they stand.",
            ],
        },
    )


def _row(one: StepOutcome) -> tuple[str, ...]:
    values = ", ".join(f"{f.name} {number(f.value, '{:g}')} {f.unit}".strip() for f in one.figures)
    seen = values or ("seen" if one.is_within else "not seen")
    verdict = "fine" if one.is_within else "out of range"
    return one.step, one.subject, one.what, one.expected, seen, verdict


def _models(found: Bringup) -> Table | None:
    rows = [
        (
            outcome.step,
            outcome.subject,
            one.name,
            f"{number(one.value, '{:g}')} {one.unit}",
            f"{one.model_value:g} {one.unit} ({one.model_origin})",
            one.model_document,
        )
        for outcome in found.outcomes
        for one in outcome.figures
        if one.model_document
    ]
    head = ("step", "board", "figure", found.origin, "model", "stands in")
    return Table("Measured beside models", head, rows) if rows else None
