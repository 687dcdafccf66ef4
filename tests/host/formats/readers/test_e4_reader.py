"""Empatica E4 recordings are read as the E4 meant them, or refused in a sentence."""

import zipfile

import numpy as np
import pytest

from dyadkit.errors import SessionError
from dyadkit.formats.readers import read
from fakes.foreign_files import START_S, e4_folder, e4_text, pulse, skin


def zip_of(folder, path, inside=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, inside + file.relative_to(folder).as_posix())
    return path


def same(one, other):
    return all(
        np.array_equal(one.series[name].values, other.series[name].values, equal_nan=True)
        and np.array_equal(one.series[name].when_s, other.series[name].when_s)
        for name in one.series.keys() | other.series.keys()
    )


def test_a_folder_gives_start_rate_values_and_tags_as_marks(tmp_path):
    found = read(e4_folder(tmp_path / "ann"))
    assert found.reader == "Empatica E4"
    assert (found.series["eda"].start_s, found.series["eda"].rate_hz) == (START_S, 4.0)
    assert found.series["eda"].values == pytest.approx(skin(70), abs=1e-6)
    assert found.series["ppg"].values == pytest.approx(pulse(70), abs=1e-6)
    assert [(mark.start_s, mark.label) for mark in found.marks] == [(START_S + 20, "tag 1")]


def test_a_zip_an_inner_folder_and_a_folder_give_the_same(tmp_path):
    folder = e4_folder(tmp_path / "ann")
    plain = read(folder)
    assert same(plain, read(zip_of(folder, tmp_path / "flat.zip")))
    assert same(plain, read(zip_of(folder, tmp_path / "deep.zip", "export/ann/")))
    assert same(plain, read(tmp_path / "deep.zip" / "export" / "ann"))


def test_every_file_read_stands_with_its_hash(tmp_path):
    found = read(e4_folder(tmp_path / "ann"))
    assert [file.name for file in found.files] == ["BVP.csv", "EDA.csv", "tags.csv"]
    assert all(len(file.sha256) == 64 and file.size > 0 for file in found.files)


def test_two_recordings_in_one_zip_are_never_mixed(tmp_path):
    e4_folder(tmp_path / "both" / "ann")
    e4_folder(tmp_path / "both" / "ben", BVP=None)
    archive = zip_of(tmp_path / "both", tmp_path / "both.zip")
    with pytest.raises(SessionError, match=r"holds 2 recordings \(ann, ben\): name one"):
        read(archive)
    assert sorted(read(archive / "ben").series) == ["eda"]


def test_backups_and_what_a_mac_adds_are_not_seen(tmp_path):
    folder = e4_folder(tmp_path / "ann")
    plain = read(folder)
    (folder / "EDA.csv.bak").write_text(e4_text(4.0, skin(70) + 1))
    (folder / "._EDA.csv").write_bytes(b"\0\5\26\7")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "EDA.csv").write_text(e4_text(4.0, skin(70) + 1))
    assert same(plain, read(folder))


def test_decimal_commas_are_decimal_points(tmp_path):
    plain = read(e4_folder(tmp_path / "plain"))
    texts = {
        name: (tmp_path / "plain" / f"{name}.csv").read_text().replace(".", ",")
        for name in ("EDA", "BVP", "tags")
    }
    assert same(plain, read(e4_folder(tmp_path / "comma", **texts)))


def test_acceleration_keeps_its_three_columns_whatever_the_decimal_sign(tmp_path):
    rows = ["-1,65,5", "-2,64,6"] * 40
    text = "\n".join([f"{START_S:.6f}, {START_S:.6f}, {START_S:.6f}", "32.0, 32.0, 32.0", *rows])
    found = read(e4_folder(tmp_path / "ann", ACC=text))
    assert found.series["acc_y"].values[:2].tolist() == [65.0, 64.0]
    assert found.series["acc_z"].rate_hz == 32.0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_texts_of_any_encoding_are_read(tmp_path, encoding):
    plain = read(e4_folder(tmp_path / "plain"))
    folder = e4_folder(tmp_path / "coded")
    for file in folder.iterdir():
        file.write_bytes(file.read_text().encode(encoding))
    assert same(plain, read(folder))


def test_a_blank_line_within_is_a_missing_sample_and_between_all_lines_is_none(tmp_path):
    lines = e4_text(4.0, skin(70)).splitlines()
    within = read(e4_folder(tmp_path / "within", EDA="\n".join([*lines[:50], "", *lines[51:]])))
    assert np.flatnonzero(np.isnan(within.series["eda"].values)).tolist() == [48]
    assert within.notes == ("EDA.csv: 1 samples are missing or no numbers",)
    doubled = read(e4_folder(tmp_path / "doubled", EDA="\r\n\r\n".join(lines) + "\r\n\r\n"))
    assert doubled.series["eda"].values == pytest.approx(skin(70), abs=1e-6)


def test_infinite_and_missing_values_are_missing(tmp_path):
    lines = e4_text(4.0, skin(70)).splitlines()
    lines[10], lines[20], lines[30] = "inf", "nan", "-inf"
    values = read(e4_folder(tmp_path / "ann", EDA="\n".join(lines))).series["eda"].values
    assert np.flatnonzero(np.isnan(values)).tolist() == [8, 18, 28]


def test_empty_files_of_unused_channels_are_said_and_left_out(tmp_path):
    found = read(e4_folder(tmp_path / "ann", BVP="", TEMP="  \n"))
    assert sorted(found.series) == ["eda"]
    assert sorted(found.notes) == [
        "BVP.csv is empty: the channel was not used",
        "TEMP.csv is empty: the channel was not used",
    ]


@pytest.mark.parametrize("rate", ["0.0", "nan", "-4", "inf", "four"])
def test_a_rate_that_is_none_is_refused(tmp_path, rate):
    text = "\n".join([f"{START_S}", rate, "2.0", "2.1"])
    with pytest.raises(SessionError, match=r"EDA.csv says a rate of"):
        read(e4_folder(tmp_path / "ann", EDA=text))


def test_a_start_that_a_spreadsheet_rounded_is_refused(tmp_path):
    text = "\n".join(["1.63976E+09", "4.0", "2.0", "2.1"])
    with pytest.raises(SessionError, match="a spreadsheet has rounded the start"):
        read(e4_folder(tmp_path / "ann", EDA=text))


def test_a_start_that_no_unix_time_is_refused(tmp_path):
    text = "\n".join(["17.12.2021", "4.0", "2.0"])
    with pytest.raises(SessionError, match="no Unix time"):
        read(e4_folder(tmp_path / "ann", EDA=text))


def test_nanosiemens_are_not_taken_for_microsiemens(tmp_path):
    with pytest.raises(SessionError, match="is it in nanosiemens"):
        read(e4_folder(tmp_path / "ann", EDA=e4_text(4.0, 1000 * skin(70))))


def rows_with_times(rows):
    head = ",EDA,time"
    return "\n".join([head, *(f"{n},{v:.6f},{t}" for n, (v, t) in enumerate(rows))]) + "\n"


def dated(second):
    return f"2021-12-17 16:{int(24 + second // 60):02d}:{second % 60:06.3f}"


def test_holes_in_a_column_of_times_stay_holes(tmp_path):
    taken = [n for n in range(200) if not 80 <= n < 120]
    rows = [(2 + n / 100, dated(n / 4)) for n in taken]
    found = read(e4_folder(tmp_path / "ann", EDA=rows_with_times(rows), BVP=None))
    times_s = found.series["eda"].when_s
    assert times_s[80] - times_s[79] == pytest.approx(10.25)
    assert len(times_s) == 160


def test_doubled_and_disordered_rows_are_mended_and_said(tmp_path):
    rows = [(2 + n / 100, dated(n / 4)) for n in range(200)]
    mixed = [*rows[:50], rows[49], *rows[50:100], rows[101], rows[100], *rows[102:]]
    found = read(e4_folder(tmp_path / "ann", EDA=rows_with_times(mixed), BVP=None))
    assert found.series["eda"].values == pytest.approx([value for value, _ in rows])
    assert found.notes == (
        "EDA.csv: rows out of order sorted",
        "EDA.csv: 1 row with the time of another dropped",
    )


def test_without_a_wave_its_own_intervals_are_taken(tmp_path):
    beats = "\n".join(f"{0.8 * n:.3f},0.800" for n in range(1, 80))
    text = f"{START_S:.6f}, IBI\n{beats}\n"
    assert "ibi" in read(e4_folder(tmp_path / "no-wave", BVP=None, IBI=text)).series
    assert "ibi" not in read(e4_folder(tmp_path / "wave", IBI=text)).series


def test_nothing_but_empty_channels_is_refused(tmp_path):
    with pytest.raises(SessionError, match=r"not of a form that is known|neither skin"):
        read(e4_folder(tmp_path / "ann", EDA="", BVP="", tags=None))
