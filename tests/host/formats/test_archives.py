"""Archives and files of strangers: read within limits, refused with a sentence, never mixed up."""

import contextlib
import gzip
import io
import random
import time
import tracemalloc
import zipfile

import pytest

from dyadkit.dyad.limits import SMALL_BYTES
from dyadkit.errors import SessionError
from dyadkit.formats.e4 import read_e4
from dyadkit.formats.writers import csv
from fakes import foreign

SEED = 20260304
MIB = 1 << 20
EDA = b"1639758295.00\n4.000000\n" + b"".join(b"%.3f\n" % (2 + k / 100) for k in range(200))


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


@contextlib.contextmanager
def traced():
    """Memory that is taken within; gives how to ask for its most."""
    tracemalloc.start()
    most = [0]
    try:
        yield lambda: most[0]
    finally:
        most[0] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def packed_zeros(file, mib):
    with gzip.open(file, "wb") as packed:
        for _ in range(mib):
            packed.write(b"0.00\n" * (MIB // 5))


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    packed_zeros(tmp_path / "x_EDA.csv.gz", 300)
    size = (tmp_path / "x_EDA.csv.gz").stat().st_size
    began_s = time.process_time()
    with traced() as peak_bytes, pytest.raises(SessionError, match="no recording has so much"):
        read_e4(tmp_path / "x")
    assert peak_bytes() < 20 * size + 200 * MIB
    assert time.process_time() - began_s < 2 * max(size / MIB, 1.0)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zipped(tmp_path / "a.zip", **{"EDA.csv": b"0.00\n" * (60 * MIB // 5)})
    with pytest.raises(SessionError, match=r"EDA.csv of .* unpacks to more than \d+ MiB"):
        read_e4(tmp_path / "a.zip")


def test_a_sensor_that_was_off_all_day_is_no_bomb(tmp_path):
    with gzip.open(tmp_path / "x_EDA.csv.gz", "wb") as packed:
        packed.write(b"1639758295.00\n4.000000\n" + b"0.000000\n" * (24 * 3600 * 4))
    assert len(read_e4(tmp_path / "x").eda_usiemens.values) == 24 * 3600 * 4
    assert SMALL_BYTES > 9 * 6 * 3600 * 64, "six hours of a pulse that was none"


def test_hours_of_nothing_are_read_within_the_limit_of_memory(tmp_path):
    with gzip.open(tmp_path / "x_EDA.csv.gz", "wb") as packed:
        packed.write(b"1639758295.00\n64.000000\n" + b"0.000000\n" * (6 * 3600 * 64))
    size = (tmp_path / "x_EDA.csv.gz").stat().st_size
    with traced() as peak_bytes:
        assert len(read_e4(tmp_path / "x").eda_usiemens.values) == 6 * 3600 * 64
    assert peak_bytes() < 20 * size + 200 * MIB


def test_two_peoples_folders_in_one_zip_are_never_mixed(tmp_path):
    mixed = zipped(tmp_path / "a.zip", **{"A/EDA.csv": EDA, "B/BVP.csv": EDA})
    with pytest.raises(SessionError, match="holds 2 recordings"):
        read_e4(mixed)


def test_what_a_mac_adds_to_a_zip_is_nobodys_recording(tmp_path):
    made = zipped(tmp_path / "a.zip", **{"A/EDA.csv": EDA, "__MACOSX/A/EDA.csv": b"\0\5"})
    made = zipped(tmp_path / "b.zip", **{"A/EDA.csv": EDA, "A/._EDA.csv": b"\0\5"})
    assert len(read_e4(made).eda_usiemens.values) == 200


def test_a_name_that_is_there_twice_is_not_decided_upon(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("EDA.csv", EDA)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("EDA.csv", EDA[:-40])
    with pytest.raises(SessionError, match="one name twice"):
        read_e4(tmp_path / "a.zip")


def test_a_member_without_a_name_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"nothing")
        archive.writestr("EDA.csv", EDA)
    assert len(read_e4(tmp_path / "a.zip").eda_usiemens.values) == 200


def test_an_encrypted_zip_says_that_it_is(tmp_path):
    data = bytearray(zipped(tmp_path / "a.zip", **{"EDA.csv": EDA}).read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    data[6] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(SessionError, match="encrypted"):
        read_e4(tmp_path / "a.zip")


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_any_one_byte_changed_is_read_or_refused(tmp_path, packing):
    with zipfile.ZipFile(tmp_path / "whole.zip", "w", packing) as archive:
        archive.writestr("EDA.csv", EDA)
    whole = (tmp_path / "whole.zip").read_bytes()
    for place in range(0, len(whole), 2):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        (tmp_path / "a.zip").write_bytes(changed)
        with contextlib.suppress(SessionError):
            assert len(read_e4(tmp_path / "a.zip").eda_usiemens.values) == 200


def hostile_text(dice):
    """What a CSV of a stranger may hold."""
    words = [b"nan", b"inf", b"-1", b"1e999", b"", b"x", b"1,2,3", b'"', b"\xff", b"\0", b"4", b"0",
             b"1639758295.00", b"# t0_unix=1 fs=4", b"# t0_unix=-.-. fs=1.2.3", b"EDA,time",
             b"1,2021-12-17", b"1,9999-99-99", b",time,EDA", b"9" * 400]  # fmt: skip
    return b"\n".join(dice.choice(words) for _ in range(dice.randrange(8)))


@pytest.mark.parametrize(
    "trials", [100, pytest.param(50_000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_archive_or_text_ends_in_an_error_of_another_tree(tmp_path, trials):
    whole = zipped(tmp_path / "whole.zip", **{"EDA.csv": EDA, "BVP.csv": EDA}).read_bytes()
    packed = gzip.compress(EDA)
    for trial in range(trials):
        dice = foreign.dice_of(SEED + trial)
        (tmp_path / "a.zip").write_bytes(foreign.damaged(whole, dice))
        (tmp_path / "x_EDA.csv.gz").write_bytes(foreign.damaged(packed, dice))
        (tmp_path / "y_EDA.csv").write_bytes(hostile_text(dice))
        for source in ("a.zip", "x", "y"):
            try:
                with contextlib.suppress(SessionError):
                    assert read_e4(tmp_path / source).eda_usiemens.rate_hz > 0
            except Exception as error:
                raise AssertionError(f"seed {SEED + trial}: {error!r}") from error


@pytest.mark.parametrize(
    "head", ["1639758295.00\n4.0\n", "# t0_unix=1639758295 fs=4\n", "time,eda\n"]
)
@pytest.mark.parametrize("cell", ["nan", "inf", "", "-inf"])
def test_a_channel_without_one_number_holds_no_samples(tmp_path, head, cell):
    rows = [f"{1639758295 + n / 4},{cell}" if "time" in head else cell for n in range(8)]
    (tmp_path / "x_EDA.csv").write_text(head + "\n".join(rows) + "\n")
    with pytest.raises(SessionError, match="neither skin conductance nor pulse"):
        read_e4(tmp_path / "x")


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_a_label_that_a_spreadsheet_would_run_is_written_as_words(words):
    assert csv.text_cell(words) == "'" + words
    assert csv.text_cell("tea = nice") == "tea = nice"


def test_large_files_are_read_in_little_more_than_their_size(tmp_path):
    chance = random.Random(SEED)
    text = io.BytesIO()
    text.write(b"1639758295.00\n64.000000\n")
    text.write(b"".join(b"%.2f\n" % chance.gauss(0, 40) for _ in range(100_000)))
    for name in ("EDA", "BVP"):
        (tmp_path / f"{name}.csv").write_bytes(text.getvalue())
    with traced() as peak_bytes:
        assert len(read_e4(tmp_path).bvp.values) == 100_000
    assert peak_bytes() < 20 * len(text.getvalue())
