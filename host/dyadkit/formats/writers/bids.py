"""BIDS export (1.11): two subjects, one session, behaviour with physiological recordings.

`sub-a/ses-1/beh/sub-a_ses-1_task-dyad_recording-eda_physio.tsv.gz` and so on: a column without a
header, `n/a` where nothing was measured; its JSON gives rate, start and unit. Zero on the time line
is the session's beginning for both. What BIDS has no place for, who met whom, is `dyads.tsv`.
"""

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.traces import PERSONS, Dyad, PersonName, Trace
from dyadkit.formats.writers.csv import text_cell
from dyadkit.formats.writers.grid import regular
from dyadkit.version import __version__

BIDS_VERSION = "1.11.0"
SESSION, TASK = "1", "dyad"
UNITS = {"microsiemens": "uS", "celsius": "oC"}


def write(dyad: Dyad, out: Path) -> list[Path]:
    """Write a BIDS dataset into an empty folder."""
    subjects = _subjects(dyad)
    made = [
        _json(out / "dataset_description.json", _description(dyad)),
        _text(out / "README.md", _readme(dyad)),
        _text(out / ".bidsignore", "dyads.tsv\ndyads.json\n"),
        _text(out / "participants.tsv", _participants(subjects)),
        _json(out / "participants.json", {"person": {"Description": "a or b of the dyad"}}),
        _text(out / "dyads.tsv", _dyads(dyad, subjects)),
        _json(out / "dyads.json", {"bound_s": {"Description": _BOUND, "Units": "s"}}),
    ]
    for person in PERSONS:
        made += _subject(dyad, person, subjects[person], out)
    return made


_BOUND = "95 % half-width of a time difference between the two people; n/a where nobody measured it"


def _subjects(dyad: Dyad) -> dict[PersonName, str]:
    """Labels of both, of letters and digits: the codes where they are two, else a and b."""
    codes: dict[PersonName, str] = {
        person: re.sub(r"[^A-Za-z0-9]", "", dyad.person(person).participant) for person in PERSONS
    }
    usable = all(codes.values()) and codes["a"].lower() != codes["b"].lower()
    return codes if usable else {"a": "a", "b": "b"}


def _subject(dyad: Dyad, person: PersonName, label: str, out: Path) -> list[Path]:
    folder = out / f"sub-{label}" / f"ses-{SESSION}" / "beh"
    private_folder(folder)
    stem = f"sub-{label}_ses-{SESSION}_task-{TASK}"
    made, scans = [], []
    for name, trace in sorted(dyad.person(person).traces.items()):
        if len(trace) > 1:
            recording = re.sub(r"[^A-Za-z0-9]", "", name)
            file = folder / f"{stem}_recording-{recording}_physio.tsv.gz"
            made += _physio(name, trace, file)
            length_s = _seconds(len(trace) / trace.rate_hz)
            scans.append(f"beh/{file.name}\t{_acquired(dyad)}\t{length_s}")
    made += _events(dyad, person, folder / f"{stem}_events.tsv")
    table = "filename\tacq_time\tduration\n" + "\n".join(scans) + "\n"
    parent = folder.parent
    made.append(_text(parent / f"sub-{label}_ses-{SESSION}_scans.tsv", table))
    described = {"duration": {"Description": "length of the recording", "Units": "s"}}
    made.append(_json(parent / f"sub-{label}_ses-{SESSION}_scans.json", described))
    return made


def _acquired(dyad: Dyad) -> str:
    """When a session began, as BIDS writes times; n/a where nobody knows."""
    return dyad.began.replace("+00:00", "Z") or "n/a"


def _physio(name: str, trace: Trace, file: Path) -> list[Path]:
    grid = regular(trace)
    about = {
        "TaskName": TASK,
        "SamplingFrequency": grid.rate_hz,
        "StartTime": grid.start_s,
        "Columns": [name],
        "PhysioType": "generic",
        "Manufacturer": trace.sensor or "n/a",
        name: {
            "Description": f"{name}; n/a where nothing was measured"
            + ("; interpolated, since its samples fit no regular grid" if grid.resampled else ""),
            "Units": UNITS.get(trace.unit, trace.unit) or "arbitrary",
        },
    }
    _gzip(file, "".join(f"{cell}\n" for cell in _cells(grid.values)))
    return [file, _json(file.with_name(file.name.removesuffix(".tsv.gz") + ".json"), about)]


def _events(dyad: Dyad, person: PersonName, file: Path) -> list[Path]:
    marks = [mark for mark in dyad.marks if mark.person in (None, person)]
    rows = [
        "\t".join(
            (
                _seconds(mark.start_s),
                _seconds(mark.stop_s - mark.start_s),
                _plain(mark.label),
                mark.kind,
            )
        )
        for mark in sorted(marks, key=lambda mark: mark.start_s)
    ]
    if not rows:
        return []
    about = {
        "trial_type": {"Description": "what was marked"},
        "kind": {"Description": "event, condition or note"},
    }
    table = "onset\tduration\ttrial_type\tkind\n" + "\n".join(rows) + "\n"
    return [_text(file, table), _json(file.with_suffix(".json"), about)]


def _participants(subjects: Mapping[PersonName, str]) -> str:
    rows = [f"sub-{subjects[person]}\t{person}" for person in PERSONS]
    return "participant_id\tperson\n" + "\n".join(rows) + "\n"


def _dyads(dyad: Dyad, subjects: Mapping[PersonName, str]) -> str:
    bounds = [one.bounds_s for p in PERSONS for one in dyad.person(p).traces.values() if len(one)]
    known = [float(np.nanmedian(one)) for one in bounds if len(one) and np.isfinite(one).any()]
    bound = f"{np.sqrt(2) * max(known):.6g}" if known else "n/a"
    head = "dyad_id\tparticipant_a\tparticipant_b\tsession\tbound_s\n"
    return f"{head}dyad-1\tsub-{subjects['a']}\tsub-{subjects['b']}\tses-{SESSION}\t{bound}\n"


def _description(dyad: Dyad) -> dict[str, Any]:
    return {
        "Name": f"dyadkit session {Path(dyad.source).name}" if dyad.source else "dyadkit session",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "License": "n/a",
        "GeneratedBy": [{"Name": "dyadkit", "Version": __version__}],
    }


def _readme(dyad: Dyad) -> str:
    simulated = "The people of this session are simulated; no one was recorded.\n" * dyad.simulated
    notes = "".join(f"* {note}\n" for note in dyad.notes)
    return (
        "# A session of two people\n\nPhysiological recordings of a dyad on one time line, written "
        f"by dyadkit {__version__}. Zero is the session's beginning for both people.\n\n"
        f"{simulated}{notes}"
    )


def _cells(values: Floats) -> list[str]:
    return [f"{value:.10g}" if np.isfinite(value) else "n/a" for value in values.tolist()]


def _seconds(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _plain(label: str) -> str:
    return text_cell(re.sub(r"\s+", " ", label).strip() or "n/a")


def _json(file: Path, content: Mapping[str, Any]) -> Path:
    return _text(file, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _text(file: Path, text: str) -> Path:
    private_file(file).write_text(text, encoding="utf-8", newline="\n")
    return file


def _gzip(file: Path, text: str) -> None:
    """Gzip with neither a name nor a time in its header, so that equal data give equal bytes."""
    with (
        private_file(file).open("wb") as target,
        gzip.GzipFile("", "wb", 6, target, mtime=0) as packed,
    ):
        packed.write(text.encode())
