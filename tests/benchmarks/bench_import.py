"""What it costs to take in and hand on: E4 folders of two people, and every format written.

    python tests/benchmarks/bench_import.py [--minutes 56]

Two simulated people in E4 folders (pulse at 64 Hz, skin at 4 Hz) are imported, stored, loaded and
analysed; then the session is written in every format and what can be read back is compared. CPU
seconds of one process, one thread of linear algebra.
"""

import argparse
import tempfile
from pathlib import Path
from time import process_time

import figures
import numpy as np

import dyadkit
from dyadkit.formats import Format, export
from dyadkit.formats.importing import import_pair
from dyadkit.formats.readers import read
from fakes import pulse_model, skin_model
from fakes.foreign_files import START_S, e4_folder, e4_text


def folder_of(path, seconds, seed):
    """An E4 folder of one simulated person."""
    wave = pulse_model.pulse(pulse_model.sinus, seconds=seconds, rate_hz=64.0, seed=seed).ppg
    skin = skin_model.simulate(seed, rate_hz=4.0, duration_s=seconds).values
    texts = {
        "BVP": e4_text(64.0, 50 * wave, START_S + seed),
        "EDA": e4_text(4.0, skin, START_S + seed),
    }
    return e4_folder(path, seconds, START_S + seed, **texts)


def timed(name, run):
    """What a step gives, its CPU seconds printed and kept."""
    start = process_time()
    result = run()
    cost_s = process_time() - start
    print(f"{name:40s} {cost_s:6.2f} CPU s")
    figures.cost(name, cost_s)
    return result


def worst_off(dyad, folder, form):
    """Largest difference of values and times of what was written and read back, or None."""
    if form is Format.XDF:
        found = {p: read(folder / f"session.xdf#{p}_").series for p in ("a", "b")}
    elif form is Format.BIDS:
        found = {p: read(folder / f"sub-{p}").series for p in ("a", "b")}
    else:
        return None
    off, off_s = 0.0, 0.0
    for person in ("a", "b"):
        for name, trace in dyad.person(person).traces.items():
            series = found[person][name]
            good = np.isfinite(series.values)
            want = np.isfinite(trace.values)
            off = max(off, float(np.abs(series.values[good] - trace.values[want]).max()))
            off_s = max(off_s, float(np.abs(series.when_s[good] - trace.times_s[want]).max()))
    return off, off_s


def main():
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=56.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        a, b = (folder_of(folder / name, 60 * minutes, seed) for seed, name in enumerate("ab", 1))
        found = timed("import two E4 folders", lambda: import_pair(a, b))
        timed("write the session", lambda: found.write(folder / "session"))
        dyad = timed("load the session", lambda: dyadkit.load(folder / "session"))
        timed("analyze", lambda: dyadkit.analyze(dyad))
        for form in Format:
            out = folder / form.value
            timed(f"write {form.value}", lambda out=out, form=form: export(dyad, form, out))
            off = worst_off(dyad, out, form)
            if off is not None:
                name = f"read back from {form.value}"
                print(f"{name:40s} {off[0]:.2g} off, {off[1] * 1e3:.2g} ms off")
                figures.accuracy(f"time off, {form.value}", off[1] * 1e3, "ms", tolerance=0.001)


if __name__ == "__main__":
    main()
