"""Files of other systems, made of arrays, whole or with what goes wrong with them in labs."""

import gzip
import json

import numpy as np

START_S = 1_639_758_295.0


def skin(seconds, rate_hz=4.0):
    return 2 + 0.3 * np.sin(np.arange(round(seconds * rate_hz)) / 9)


def pulse(seconds, rate_hz=64.0):
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.round(40 * np.sin(2 * np.pi * 1.2 * at_s), 2)


def e4_text(rate_hz, values, start_s=START_S):
    return "\n".join([f"{start_s:.6f}", f"{rate_hz:.6f}", *(f"{value:.6f}" for value in values)])


def e4_folder(path, seconds=70.0, start_s=START_S, **texts):
    """Folder of E4 Connect with pulse, skin and a tag; `texts` replace or add files by name."""
    path.mkdir(parents=True)
    files = {
        "EDA": e4_text(4.0, skin(seconds), start_s),
        "BVP": e4_text(64.0, pulse(seconds), start_s),
        "tags": f"{start_s + 20:.2f}\n",
        **texts,
    }
    for name, text in files.items():
        if text is not None:
            (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def table_text(columns, delimiter=",", decimal=".", above=()):
    """Text of a table by name of column; numbers with this decimal sign, NaN as nothing."""
    names = list(columns)
    rows = []
    for cells in zip(*columns.values(), strict=True):
        texts = ["" if isinstance(c, float) and np.isnan(c) else f"{c}" for c in cells]
        rows.append(delimiter.join(text.replace(".", decimal) for text in texts))
    return "\n".join([*above, delimiter.join(names), *rows]) + "\n"


def emotibit_text(seconds=60.0, rate_hz=25.0, first_ms=20_000, local="2022-04-20_12-10-33-314042"):
    """Raw file of an EmotiBit: pulse, skin and one question for the local time."""
    lines, number = [], 0

    def packet(at_ms, tag, cells):
        nonlocal number
        number += 1
        lines.append(f"{at_ms:.0f},{number},{len(cells)},{tag},1,100,{','.join(cells)}")

    packet(first_ms, "RD", ["TL", "TU"])
    packet(first_ms + 12, "TL", [local])
    wave = 145_000 + pulse(seconds, rate_hz)
    level = skin(seconds, 15.0)
    for step in range(int(seconds * 5)):
        at_ms = first_ms + 200 * (step + 1)
        packet(at_ms, "PI", [f"{value:.0f}" for value in wave[5 * step : 5 * step + 5]])
        packet(at_ms, "EA", [f"{value:.6f}" for value in level[3 * step : 3 * step + 3]])
    return "\n".join(lines) + "\n"


def bids_folder(path, columns, rate_hz, start_s=0.0, events=()):
    """Folder of one BIDS recording, with its events."""
    path.mkdir(parents=True)
    stem = "sub-01_task-talk"
    rows = [
        "\t".join("n/a" if np.isnan(cell) else repr(float(cell)) for cell in cells)
        for cells in zip(*columns.values(), strict=True)
    ]
    text = "\n".join(rows) + "\n"
    (path / f"{stem}_physio.tsv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    about = {"SamplingFrequency": rate_hz, "StartTime": start_s, "Columns": list(columns)}
    about |= {name: {"Units": "uS"} for name in columns if name == "eda"}
    (path / f"{stem}_physio.json").write_text(json.dumps(about))
    if events:
        lines = ["onset\tduration\ttrial_type", *("\t".join(map(str, one)) for one in events)]
        (path / f"{stem}_events.tsv").write_text("\n".join(lines) + "\n")
    return path
