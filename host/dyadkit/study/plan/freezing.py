"""Freezing of a plan: its hash is written into the file, and a study that deviates is refused."""

from dyadkit.errors import SessionError
from dyadkit.study.plan.choices import StudyPlan
from dyadkit.study.plan.lines import Places
from dyadkit.study.whole_files import write_whole


def freeze(plan: StudyPlan) -> str:
    """Write the hash of the choices into the file; gives the hash.

    Raises
    ------
    SessionError
        it was frozen with other choices, or cannot be written
    """
    check_frozen(plan)
    if plan.hash:
        return plan.digest
    lines = plan.path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = Places.of_text("".join(lines)).line("study")
    lines[place - 1] = lines[place - 1].rstrip() + "\n"
    lines.insert(place, f'hash = "{plan.digest}"\n')
    write_whole(plan.path, "".join(lines).encode())
    return plan.digest


def check_frozen(plan: StudyPlan) -> None:
    """Raise SessionError where the choices are not those that were frozen."""
    if plan.hash and plan.hash != plan.digest:
        line = Places.of_text(plan.path.read_text(encoding="utf-8")).line("study", 0, "hash")
        raise SessionError(
            f"{plan.path}, line {line}: the plan was changed since it was frozen: its choices give "
            f"{plan.digest}, not {plan.hash}; undo the change, or remove that line, and the report "
            "will say that nothing was frozen"
        )
