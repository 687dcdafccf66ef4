"""study: many dyads under one plan: check, plan, freeze, run, status, report, export."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson, Reports, Seed
from dyadkit.cli.output import emit, progress, say, whence_lines

if TYPE_CHECKING:
    from dyadkit.study.run.running import Ran, Shard
    from dyadkit.study.run.workers import Workers

Plan = Annotated[Path, typer.Argument(help="Plan of the study, study.toml.")]
app = typer.Typer(
    help="Many dyads under one plan, from a laptop to a cluster.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(front: typer.Typer) -> None:
    """Add these commands to the application."""
    front.add_typer(app, name="study")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to make.")] = Path("study"),
    dyads: Annotated[int, typer.Option(min=4, help="How many.")] = 12,
    coupling: Annotated[float, typer.Option(help="While together, 0 to below 1.")] = 0.6,
    minutes: Annotated[float, typer.Option(help="Of each of two conditions.")] = 5.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Write a study of simulated dyads, to try the other commands on."""
    from dyadkit.study.synthetic import SyntheticStudy, write_study

    plan = write_study(out, SyntheticStudy(dyads, coupling, minutes=minutes), seed)
    lines = [f"{dyads} simulated dyads: {out}", f"next: dyadkit study run {plan}"]
    emit({"plan": str(plan)}, as_json, lines)


@app.command()
def check(study: Plan, as_json: AsJson = False) -> None:
    """Check the plan, its table of sessions, and that every session is there."""
    from dyadkit.study.plan.freezing import check_frozen
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.plan.roster import roster
    from dyadkit.study.run.running import session_tasks

    plan = read_study(study)
    check_frozen(plan)
    entries = roster(plan)
    _, unread = session_tasks(plan, entries)
    people = {person for one in entries for person in one.persons}
    lines = [
        f"{plan.name}: {len(entries)} sessions of {len({one.dyad for one in entries})} dyads, "
        f"{len(people)} persons, {len(plan.hypotheses)} hypotheses.",
        *(f"{name}: {why}" for name, why in unread.items()),
        f"frozen: {plan.hash}" if plan.hash else f"not frozen; its hash is {plan.digest}",
    ]
    emit({"sessions": len(entries), "unread": unread, "hash": plan.digest}, as_json, lines)
    if unread:
        raise typer.Exit(1)


@app.command("plan")
def plan_study(
    study: Plan,
    dyads: Annotated[str, typer.Option(help="Numbers of dyads to try, as 20,40,80.")] = "20,40,80",
    minutes: Annotated[str, typer.Option(help="Lengths to try, as 10,20.")] = "10,20",
    effects: Annotated[
        str, typer.Option(help="Mean shared variance to find; by default that of the pilot.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a run costs, and what it could find, from the sessions that are done."""
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.power import planned

    wanted = tuple(_numbers(words) for words in (dyads, minutes, effects))
    found = planned(read_study(study), *wanted)
    emit(found.to_dict(), as_json, found.sentences())


@app.command()
def freeze(study: Plan, as_json: AsJson = False) -> None:
    """Write the hash of the plan into it: what deviates later is refused."""
    from dyadkit.study.plan.freezing import freeze as frozen
    from dyadkit.study.plan.reading import read_study

    digest = frozen(read_study(study))
    emit({"hash": digest}, as_json, [f"frozen: {digest}", f"written into {study}"])


@app.command()
def run(
    study: Plan,
    jobs: Annotated[int, typer.Option(min=1, help="Processes of this computer.")] = 1,
    dask: Annotated[
        str, typer.Option(help="Dask scheduler, tcp://…, or local for one with --jobs workers.")
    ] = "",
    shard: Annotated[str, typer.Option(help="Part of a job array, as 3/16.")] = "",
    as_json: AsJson = False,
) -> None:
    """Analyze what is not analyzed yet; started again, it goes on where it was ended."""
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.run.running import run as go

    plan, part, workers = read_study(study), _shard(shard), _workers(jobs, dask)
    try:
        ran: Ran = _with_progress(lambda progressed: go(plan, workers, progressed, part))
    finally:
        workers.close()
    emit(ran.to_dict(), as_json, [*ran.sentences(), f"results: {plan.results_folder}"])
    if ran.failed:
        raise typer.Exit(1)


@app.command()
def status(study: Plan, as_json: AsJson = False) -> None:
    """Say what is done, what is not, and why."""
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.run.running import status_of

    found = status_of(read_study(study))
    emit(found.to_dict(), as_json, found.sentences())


@app.command()
def report(study: Plan, report: Reports = None, as_json: AsJson = False) -> None:
    """Answer the study's questions from the results there are.

    The report is study.html beside the results unless --report names others; study.json, its
    arrays and study.csv, a row an estimate, are written beside it.
    """
    from dyadkit.dyad.saving import checked_name
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.whole_report import report as reported
    from dyadkit.study.whole_report import write_results

    plan = read_study(study)
    files = [checked_name(one) for one in report or [plan.results_folder / "study.html"]]
    found = reported(plan)
    for file in files:
        found.save(file)
    files += write_results(plan, found)
    written = [f"report: {file}" for file in files]
    emit(found.to_dict(), as_json, [*whence_lines(found.whence), *found.sentences(), *written])


@app.command()
def export(
    study: Plan,
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")] = Path("study.csv"),
    as_json: AsJson = False,
) -> None:
    """Write one tidy table, a row an estimate, for R and others."""
    from dyadkit.study.plan.reading import read_study
    from dyadkit.study.table import csv_of
    from dyadkit.study.whole_files import write_whole
    from dyadkit.study.whole_report import report as reported

    rows = reported(read_study(study)).rows
    write_whole(out, csv_of(rows).encode())
    emit({"file": str(out), "rows": len(rows)}, as_json, [f"{len(rows)} rows: {out}"])


def _with_progress(work: "Callable[[Callable[[int, int], None]], Ran]") -> "Ran":
    """Run something that tells how far it is, with a bar for it and the time left."""
    from dyadkit.study.run.drive import TimeLeft

    clock: list[TimeLeft] = []
    with progress("studying", 1.0) as bar:

        def progressed(done: int, total: int) -> None:
            if done == 1:
                clock[:] = [TimeLeft(total)]
            bar(done / max(total, 1))
            if done in (1, total // 4, total // 2) and done < total:
                left_s = clock[0].left_s(done)
                say(f"{done} of {total} tasks done, about {left_s / 60:.1f} minutes left", err=True)

        return work(progressed)


def _shard(words: str) -> "Shard | None":
    from dyadkit.study.run.running import Shard

    if not words:
        return None
    try:
        number, of = map(int, words.split("/"))
        return Shard(number, of)
    except ValueError:
        raise typer.BadParameter(f"{words!r} is no part of an array, as 3/16") from None


def _workers(jobs: int, dask: str) -> "Workers":
    from dyadkit.study.run.workers import Cluster, Processes

    if not dask:
        return Processes(jobs)
    return Cluster("" if dask == "local" else dask, jobs)


def _numbers(words: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in words.split(",") if word.strip())
    except ValueError:
        raise typer.BadParameter(f"{words!r} are not numbers, as in 20,40") from None
