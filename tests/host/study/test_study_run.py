"""Running a study: the same to the bit whoever computes it, and whole whatever ends it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from dyadkit.cli import app
from dyadkit.errors import SessionError
from dyadkit.study import whole_files
from dyadkit.study.plan.reading import read_study
from dyadkit.study.plan.roster import roster
from dyadkit.study.run.drive import drive
from dyadkit.study.run.running import Shard, run, status_of
from dyadkit.study.run.store import Store
from dyadkit.study.run.work import TaskOutcome
from dyadkit.study.run.workers import Cluster, Processes
from dyadkit.study.synthetic import SyntheticStudy, write_study
from dyadkit.study.whole_report import report, write_results

DESIGN = SyntheticStudy(dyads=5, minutes=2.0)


class Here(Executor):
    """Workers that are this process: for what does not depend on who computes."""

    count = 2

    def executor(self):
        return self

    def renew(self):
        pass

    def close(self):
        pass

    def submit(self, work, /, *args, **_):
        future = Future()
        try:
            future.set_result(work(*args))
        except Exception as error:  # noqa: BLE001 (as an executor does)
            future.set_exception(error)
        return future


def silent(*_):
    pass


def results(plan):
    """Every result file and its content, and the written report's files."""
    folder = plan.results_folder
    write_results(plan, report(plan))
    kept = [*(folder / "done").rglob("*"), *folder.glob("study.*")]
    return {file.name: file.read_bytes() for file in kept if file.is_file()}


def copied(plan, folder, name="results"):
    """The same study with results of its own."""
    file = plan.path.with_name(f"{folder}.toml")
    text = plan.path.read_text().replace("[roles]", f'results = "{folder}/{name}"\n[roles]')
    file.write_text(text)
    return read_study(file)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    text = write_study(tmp_path_factory.mktemp("study"), DESIGN, seed=4)
    text.write_text(text.read_text().replace("min_minutes = 5", "min_minutes = 2"))
    return read_study(text)


@pytest.fixture(scope="module")
def expected(study):
    ran = run(study, Here(), silent)
    assert (ran.done, ran.failed) == (10, {})
    return results(study)


def test_a_run_that_is_whole_does_nothing_again(study, expected):
    ran = run(study, Here(), silent)
    assert (ran.done, ran.kept) == (0, 10)
    assert results(study) == expected


def test_processes_give_the_same_bits(study, expected):
    plan = copied(study, "two")
    with contextlib.closing(Processes(2)) as workers:
        run(plan, workers, silent)
    assert results(plan) == expected


def test_shards_give_the_same_bits_in_any_order(study, expected):
    plan = copied(study, "shards")
    waiting = [run(plan, Here(), silent, Shard(number, 3)).waiting for number in (3, 1, 2)]
    assert sum(waiting[:2]) > 0
    for number in (2, 3, 1):
        assert run(plan, Here(), silent, Shard(number, 3)).waiting == 0
    assert results(plan) == expected


def test_the_order_of_sessions_changes_nothing(study, expected, monkeypatch):
    table = study.folder / "participants.tsv"
    lines = table.read_text().splitlines(keepends=True)
    order = np.random.default_rng(3).permutation(len(lines) - 1) + 1
    file = study.folder / "shuffled.tsv"
    file.write_text("".join([lines[0], *(lines[k] for k in order)]))
    plan = replace(copied(study, "shuffled"), participants="shuffled.tsv")
    run(plan, Here(), silent)
    assert results(plan) == expected


def killed_after(plan, kept, extra=()):
    """Start a run, and kill it when so many results are there; whatever it began ends with it."""
    command = [sys.executable, "-m", "dyadkit", "study", "run", str(plan.path), *extra]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    done = plan.results_folder / "done"
    while process.poll() is None and len([*done.rglob("*.result")]) < kept:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_run_goes_on_to_the_same_bits(study, expected):
    plan = copied(study, "killed")
    for kept in (1, 6):
        killed_after(plan, kept)
    assert run(plan, Here(), silent).kept >= 6
    assert results(plan) == expected


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_twenty_kills_at_random_moments_change_nothing(study, expected):
    rng = np.random.default_rng(20)
    plan = copied(study, "killed-often")
    done = plan.results_folder / "done"
    for _ in range(20):
        command = [sys.executable, "-m", "dyadkit", "study", "run", str(plan.path), "--jobs", "2"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=float(rng.uniform(1.0, 12.0)))
        process.kill()
        process.wait()
        if len([*done.rglob("*.result")]) == 10:  # begin anew, so that moments stay random
            victims = rng.permutation(sorted(done.rglob("*.result")))[:7]
            for file in victims:
                file.unlink()
    run(plan, Here(), silent)
    assert results(plan) == expected


def test_a_result_that_is_not_whole_is_computed_anew(study, expected):
    plan = copied(study, "torn")
    run(plan, Here(), silent)
    for file in sorted((plan.results_folder / "done").rglob("*.result"))[:3]:
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
    run(plan, Here(), silent)
    assert results(plan) == expected


def test_a_full_disk_ends_the_run_with_a_sentence(study, expected, monkeypatch):
    plan = copied(study, "full")

    def no_room(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_files.os, "fsync", no_room)
        with pytest.raises(SessionError, match="No space left on device; what is done already is"):
            run(plan, Here(), silent)
    assert not [*plan.results_folder.rglob("*.partial")]
    run(plan, Here(), silent)
    assert results(plan) == expected


def die(tasks):
    """A worker that is killed by one of its tasks, as by the system for lack of memory."""
    if any(task.key == "guilty" for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return [TaskOutcome(task.key, task.name) for task in tasks]


class Named:
    """A task that is nothing but its name."""

    def __init__(self, key):
        self.key = self.name = key


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_task_that_kills_its_worker_is_named_and_the_others_are_done():
    tasks = [Named(key) for key in ("first", "guilty", *"abcdefgh")]
    with contextlib.closing(Processes(1)) as workers:
        done = {one.key: one.sentence for one in drive(tasks, workers, die)}
    assert sorted(done) == sorted(task.key for task in tasks)
    assert [key for key, sentence in done.items() if sentence] == ["guilty"]
    assert "its worker was killed" in done["guilty"]


def fail_once(tasks, tried=[]):  # noqa: B006 (remembers what was tried)
    found = [TaskOutcome(task.key, task.name, "" if task.key in tried else "unlucky", final=False)
             for task in tasks]  # fmt: skip
    tried.extend(task.key for task in tasks)
    return found


def test_what_fails_by_chance_is_tried_again():
    done = [*drive([Named(str(k)) for k in range(20)], Here(), fail_once)]
    assert [one.sentence for one in done] == [""] * 20


def count_chunk(tasks, sizes=[]):  # noqa: B006 (remembers the chunks)
    sizes.append(len(tasks))
    return [TaskOutcome(task.key, task.name, cpu_s=1e-4) for task in tasks]


def test_many_small_tasks_go_in_few_chunks():
    sizes = count_chunk.__defaults__[0]
    done = [*drive([Named(str(k)) for k in range(20_000)], Here(), count_chunk)]
    assert len(done) == 20_000
    assert max(sizes) <= 1000
    assert len(sizes) < 400


@pytest.fixture
def troubled(tmp_path):
    design = SyntheticStudy(dyads=7, minutes=2.6, dropped=1, short=1, dead=1, copied=1)
    file = write_study(tmp_path, design, seed=5)
    session = tmp_path / "session-007" / "session.mcap"
    session.write_bytes(session.read_bytes()[:3000])
    return read_study(file)


def test_what_goes_wrong_in_sessions_is_said_and_the_rest_is_done(troubled):
    ran = run(troubled, Here(), silent)
    assert set(ran.failed) >= {"session-001"}
    assert "cannot read" in ran.failed["session-001"]
    found = report(troubled)
    excluded = found.flow.excluded
    assert "no result" in excluded["session-001"]
    assert "3.1 minutes, 5 are needed" in excluded["session-002"]
    assert "of the skin conductance can be trusted" in excluded["session-003"]
    assert "holds samples of session-003" in excluded["session-004"]
    assert {"session-005", "session-006"} & set(excluded) == set()
    assert "session-001" in status_of(troubled).failed
    assert all("cannot be answered" in one.sentence for one in found.answers)


def test_a_failure_is_forgotten_once_the_session_is_mended(tmp_path):
    file = write_study(tmp_path, SyntheticStudy(dyads=4, minutes=2.6), seed=6)
    plan = read_study(file)
    session = tmp_path / "session-002" / "session.mcap"
    whole = session.read_bytes()
    session.write_bytes(b"no session")
    assert set(run(plan, Here(), silent).failed) == {"session-002"}
    assert len(Store(plan.results_folder).failures()) == 1
    session.write_bytes(whole)
    assert run(plan, Here(), silent).failed == {}
    assert status_of(plan).failed == {}


def test_families_are_compared_with_strangers_only(tmp_path):
    file = write_study(tmp_path, SyntheticStudy(dyads=6, minutes=0.2), seed=1)
    table = ["session\ta\tb"]
    people = [("m1", "c1"), ("f1", "c1"), ("m1", "f1"), ("m2", "c2"), ("f2", "c2"), ("m2", "f2")]
    table += [f"session-00{k + 1}\t{a}\t{b}" for k, (a, b) in enumerate(people)]
    (tmp_path / "participants.tsv").write_text("\n".join(table))
    from dyadkit.study.run.running import session_tasks, stranger_tasks

    plan = read_study(file)
    entries = roster(plan)
    tasks, _ = session_tasks(plan, entries)
    of_key = {task.key: name for name, task in tasks.items()}
    persons = {one.name: set(one.persons) for one in entries}
    for name, task in stranger_tasks(plan, entries, tasks).items():
        others = [persons[of_key[key]] for key in task.others]
        assert len(others) == 1
        assert not persons[name] & set.union(*others)


@pytest.fixture
def scheduler():
    """A Dask scheduler and two workers, processes of their own on loopback."""
    pytest.importorskip("distributed")
    module = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    environment = {**os.environ, "DASK_DISTRIBUTED__ADMIN__EVENT_LOOP": "asyncio"}
    quiet = {"stdout": subprocess.DEVNULL, "env": environment, "text": True}
    command = [*module, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    one = subprocess.Popen(command, stderr=subprocess.PIPE, **quiet)
    line = next(line for line in one.stderr if "Scheduler at" in line)
    address = line.split()[-1]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    workers = [
        subprocess.Popen([*worker, "--no-dashboard"], stderr=subprocess.DEVNULL, **quiet)
        for _ in range(2)
    ]
    yield address, workers
    for process in (*workers, one):
        process.terminate()
    for process in (*workers, one):
        process.wait()
    one.stderr.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_gives_the_same_bits_also_when_a_worker_is_killed(
    study, expected, scheduler
):
    address, workers = scheduler
    plan = copied(study, "dask")

    def kill_one(done, _total):
        if done == 2:
            workers[0].kill()

    with contextlib.closing(Cluster(address)) as cluster:
        run(plan, cluster, kill_one)
    assert results(plan) == expected


def test_without_a_scheduler_the_sentence_says_how_to_start_one(study, monkeypatch):
    pytest.importorskip("distributed")
    from dyadkit.errors import LinkError
    from dyadkit.study.run import workers

    monkeypatch.setattr(workers, "CONNECT_S", 0.2)
    with pytest.raises(LinkError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        _ = Cluster("tcp://127.0.0.1:9").count


def test_the_commands_work_from_plan_to_table(study, expected, tmp_path):
    runner, file = CliRunner(), str(study.path)
    checked = runner.invoke(app, ["study", "check", file, "--json"])
    assert json.loads(checked.stdout)["sessions"] == 5
    assert "5 of 5 sessions analysed" in runner.invoke(app, ["study", "status", file]).stdout
    planned = runner.invoke(app, ["study", "plan", file, "--dyads", "12", "--minutes", "10"])
    assert "12 dyads of 10 minutes find a mean in" in planned.stdout
    page = tmp_path / "study.html"
    said = runner.invoke(app, ["study", "report", file, "--report", str(page)])
    assert "5 sessions planned, 5 analysed, 5 included." in said.stdout
    assert "Simulated" in said.stdout
    text = page.read_text()
    assert "Questions and answers" in text
    assert "<script" not in text
    table = tmp_path / "table.csv"
    runner.invoke(app, ["study", "export", file, "--out", str(table)])
    head, *rows = table.read_text().splitlines()
    assert head.split(",")[:3] == ["session", "dyad", "person_a"]
    assert len(rows) == len(report(study).rows)
    assert runner.invoke(app, ["study", "run", file, "--shard", "4/3"]).exit_code == 2
