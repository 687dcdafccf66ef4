"""Sessions whose every checksum is valid and whose content is not: an overview or a sentence."""

import warnings

import numpy as np
import pytest

from dyadkit.decoding.decode import decode
from dyadkit.errors import DyadkitError
from dyadkit.sessions.loading import load
from dyadkit.sessions.overview import describe
from fakes import crafted
from fakes.long_session import Long
from fakes.once import once
from fakes.plain_decoder import plain_decode

SEED = 20260102
COUNT, DEEP = 40, 2000
FLOOD = 1500
COLUMNS = (
    ("sequences", "sequence"), ("counters", "counter"), ("stamps_us", "stamp_us"),
    ("counts", "count"), ("status", "status"),
)  # fmt: skip


@pytest.fixture(scope="module")
def honest(shared_folder):
    folder = once(shared_folder / "honest", lambda place: Long(50.0, seed=3).write(place / "s"))
    return crafted.rows_of(folder / "s")


def looked_at(folder, rows, about):
    """What `info` shows of a session, or the one sentence it says; never anything else."""
    crafted.write(folder, rows, about)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = describe(folder)
        except DyadkitError as refusal:
            return str(refusal)
    found.to_dict()
    return found


def mutate(honest, seed, tmp_path):
    rows, about = honest
    rng = np.random.default_rng([SEED, seed])
    return looked_at(
        tmp_path / f"s{seed}", crafted.mutated(rows, rng, 10 ** rng.uniform(-4, -0.5)), about
    )


def test_changed_fields_times_and_bytes_end_in_an_overview_or_a_sentence(honest, tmp_path):
    for seed in range(COUNT):
        assert mutate(honest, seed, tmp_path), f"seed {SEED}, {seed}"


@pytest.mark.slow
def test_so_do_thousands_of_them(honest, tmp_path):
    for seed in range(COUNT, DEEP):
        assert mutate(honest, seed, tmp_path), f"seed {SEED}, {seed}"


@pytest.mark.parametrize("days", [1, 2, 30, 3650])
def test_a_clock_that_jumps_by_days_keeps_what_was_before_and_says_what_has_no_time(
    honest, tmp_path, days
):
    rows, about = honest
    found = looked_at(tmp_path / "s", crafted.jumping(rows, days, np.random.default_rng(1)), about)
    assert found.usability != "good"
    if days > 1:
        assert all(one.untimed > one.samples / 4 for one in found.streams)
        assert any("without a time, left out" in line for line in found.sentences())
        whole, kept = load_of(honest, tmp_path), load(tmp_path / "s")
        first = whole.a.traces["ppg_ir"].values[:1500]
        np.testing.assert_array_equal(kept.a.traces["ppg_ir"].values[:1500], first)


def load_of(honest, tmp_path):
    return load(crafted.write(tmp_path / "whole", *honest))


@pytest.mark.parametrize("flood", sorted(crafted.floods(0, 1)))
def test_a_flood_of_possible_messages_ends_nothing(honest, tmp_path, flood):
    rows, about = honest
    more = crafted.floods(rows[0][0] + 20 * 10**9, FLOOD)[flood]
    together = sorted([*rows, *more], key=lambda row: row[0])
    assert looked_at(tmp_path / "s", together, about)


def received(rows, topic):
    return [(host_ns, data) for host_ns, where, data in rows if where == topic]


def assert_decodes_as_one_by_one(heard, said):
    fast, slow = decode(heard, said), plain_decode(heard, said)
    assert set(fast.runs) == set(slow.blocks)
    for key, run in fast.runs.items():
        kept = [slow.blocks[key][sequence] for sequence in sorted(slow.blocks[key])]
        assert run.samples.tolist() == [sample for _, samples in kept for sample in samples]
        for column, name in COLUMNS:
            assert getattr(run, column).tolist() == [getattr(block, name) for block, _ in kept]
    assert fast.exchanges == slow.exchanges
    assert fast.sends.tolist() == slow.sends
    assert (fast.hellos, fast.infos, fast.others) == (slow.hellos, slow.infos, slow.others)
    figures = (fast.duplicates, fast.rejected, fast.timeouts)
    assert figures == (slow.duplicates, slow.rejected, slow.asked - len(slow.exchanges))


@pytest.mark.parametrize("seed", range(12))
def test_the_decoder_in_arrays_agrees_with_one_that_takes_frame_by_frame(honest, seed):
    rng = np.random.default_rng([SEED, 1, seed])
    rows = crafted.mutated(honest[0], rng, 0.2)
    rows = sorted((row for row in rows if row[0] < 2**62), key=lambda row: row[0])
    for person in "ab":
        assert_decodes_as_one_by_one(
            received(rows, f"{person}/heard"), received(rows, f"{person}/said")
        )


@pytest.mark.parametrize("seed", range(6))
def test_it_does_not_matter_where_chunks_begin_and_end_or_what_noise_is_between(honest, seed):
    rng = np.random.default_rng([SEED, 2, seed])
    whole = received(honest[0], "a/heard")[:2000]
    if seed % 2:
        whole = [(at, data if rng.random() < 0.9 else rng.bytes(30) + data) for at, data in whole]
    data = b"".join(one for _, one in whole)
    cuts = np.sort(rng.integers(0, len(data), 300 if seed < 3 else 5000))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    chunks = [(1000 * number, piece) for number, piece in enumerate(pieces)]
    assert_decodes_as_one_by_one(chunks, [])
