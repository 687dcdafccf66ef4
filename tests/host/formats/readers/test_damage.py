"""Whatever is done to a file from outside: it is read, or refused with an error of our own tree."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.errors import DyadkitError
from dyadkit.formats.codings import read_codings
from dyadkit.formats.importing import prepared
from dyadkit.formats.mapping import read_mapping
from dyadkit.formats.readers import read
from dyadkit.formats.readers.explain import explain
from fakes.foreign_files import START_S, e4_text, emotibit_text, skin, table_text

TEXTS = {
    "EDA.csv": e4_text(4.0, skin(20)),
    "raw.csv": emotibit_text(8.0),
    "table.csv": table_text({"time": [n / 4 for n in range(60)], "EDA (µS)": skin(15).tolist()}),
    "sub-1_physio.tsv": "\n".join(f"{value:.4f}" for value in skin(15)),
    "opensignals.txt": "# OpenSignals Text File Format\n"
    '# {"x": {"sensor": ["EDA"], "column": ["nSeq", "A1"], "time": "7:3:47.29",'
    ' "date": "2016-6-11", "sampling rate": 100, "label": ["A1"],'
    ' "resolution": [4, 10]}}\n# EndOfHeader\n'
    + "\n".join(f"{n % 16}\t{400 + n}" for n in range(60)),
}
PIECES = [
    "",
    "\0",
    "nan",
    "1e999",
    "-1",
    ",",
    ";",
    "\t",
    "\n",
    '"',
    "#",
    "é",
    "\ud7ff",
    "=1+1",
    "9" * 40,
]


def outcome(file):
    """What a file gives: its recording, or None where it is refused in a sentence."""
    try:
        found = prepared(read(file))
    except DyadkitError as error:
        refused = str(error)
    else:
        refused = None
    if refused is not None:
        assert refused.strip()
        assert "\n" not in refused
        return None
    for one in found.series.values():
        assert len(one) > 0
        assert np.isfinite(one.when_s).all()
    return found


def mutated(text, seed):
    """The text with a few things done to it that editors, spreadsheets and cables do."""
    rng = random.Random(seed)
    lines = text.split("\n")
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(lines))
        what = rng.randrange(7)
        if what == 0:
            del lines[at:]
        elif what == 1:
            lines.insert(at, lines[rng.randrange(len(lines))] if lines else "")
        elif what == 2 and lines:
            lines[at % len(lines)] = rng.choice(PIECES)
        elif what == 3:
            cut = rng.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + rng.choice(PIECES) + lines[at][cut:]
        elif what == 4:
            lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
        elif what == 5:
            rng.shuffle(lines)
        else:
            lines = [line.replace(".", ",") for line in lines]
        lines = lines or [""]
    return "\n".join(lines)


def hurt(tmp_path, name, seeds):
    (tmp_path / "sub-1_physio.json").write_text(
        '{"SamplingFrequency": 4, "StartTime": 0, "Columns": ["eda"]}'
    )
    file = tmp_path / name
    for seed in seeds:
        file.write_bytes(mutated(TEXTS[name], seed).encode("utf-8", "surrogatepass"))
        try:
            outcome(file)
            explain(file)
            read_codings(file)
        except DyadkitError:
            pass
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {type(error).__name__}: {error}") from error


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_texts_are_read_or_refused_in_a_sentence(tmp_path, name):
    hurt(tmp_path, name, range(100))


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_texts_damaged_in_many_ways_are_read_or_refused_in_a_sentence(tmp_path, name):
    hurt(tmp_path, name, range(1000, 201_000))


@pytest.mark.parametrize(
    "name",
    ["xdf/minimal.xdf", "edf/faros.edf", "embraceplus/test_data.avro", "acq/physio-5.0.1-c.acq"],
)
def test_damaged_binary_files_are_read_or_refused_in_a_sentence(data, tmp_path, name):
    whole = (data / "samples" / name).read_bytes()
    file = tmp_path / name.rpartition("/")[2]
    for seed in range(12):
        rng = random.Random(seed)
        broken = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            broken[rng.randrange(min(len(broken), 4000))] = rng.randrange(256)
        if rng.randrange(3) == 0:
            del broken[rng.randrange(len(broken)) :]
        file.write_bytes(broken)
        outcome(file)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_random_bytes_are_no_recording_and_no_crash(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("EDA.csv", "x.csv", "x.xdf", "x.edf", "x.avro", "x.acq", "x.txt", "map.toml"):
        (folder / name).write_bytes(content)
        file = folder / name
        try:
            if name == "map.toml":
                read_mapping(file)
            else:
                outcome(file)
        except DyadkitError:
            pass


def test_a_start_does_not_move_silently(tmp_path):
    text = TEXTS["EDA.csv"]
    folder = tmp_path / "ann"
    folder.mkdir()
    for seed in range(200):
        (folder / "EDA.csv").write_text(mutated(text, seed))
        found = outcome(folder)
        if found is not None and found.series["eda"].rate_hz == 4.0 and seed:
            start_s = found.series["eda"].start_s
            assert start_s == START_S or start_s != pytest.approx(START_S, abs=0.9)
