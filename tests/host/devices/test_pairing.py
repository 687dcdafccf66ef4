"""The lab's list of dyads."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dyadkit.devices.pairing import Wearer, read_dyad, read_dyads, write_dyad
from dyadkit.errors import SessionError

MEMBERS = {"a": Wearer("dyadkit-1", "P1"), "b": Wearer("AA:BB:CC:DD:EE:FF", "C1")}


def test_a_dyad_reads_back_and_others_stay(tmp_path):
    file = tmp_path / "dyads.toml"
    write_dyad(file, "family.07", MEMBERS)
    write_dyad(file, "couple-1", {"a": MEMBERS["b"], "b": MEMBERS["a"]})
    assert read_dyad(file, "family.07") == MEMBERS
    assert list(read_dyads(file)) == ["family.07", "couple-1"]


def test_an_unknown_dyad_is_named_with_the_known_ones(tmp_path):
    write_dyad(tmp_path / "dyads.toml", "one", MEMBERS)
    with pytest.raises(SessionError, match=r"no dyad two \(it knows one\)"):
        read_dyad(tmp_path / "dyads.toml", "two")


def test_one_wearable_for_both_is_refused(tmp_path):
    with pytest.raises(ValueError, match="two are needed"):
        write_dyad(tmp_path / "d.toml", "x", {"a": MEMBERS["a"], "b": MEMBERS["a"]})


def test_names_with_spaces_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no names"):
        write_dyad(tmp_path / "d.toml", "Mr Smith", MEMBERS)


@pytest.mark.parametrize("text", ["[x", "x = 1", "[x.a]\nwearable='1'\n"])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(SessionError, match="not a list of dyads"):
        read_dyads(tmp_path / "d.toml")


def test_a_wearables_name_with_an_emoji_is_kept_and_the_other_dyads_with_it(tmp_path):
    file = tmp_path / "dyads.toml"
    happy = {"a": Wearer("kit \U0001f600 blue", "P1"), "b": MEMBERS["b"]}
    write_dyad(file, "one", MEMBERS)
    write_dyad(file, "two", happy)
    assert read_dyads(file) == {"one": MEMBERS, "two": happy}


def test_what_earlier_versions_wrote_in_halves_is_read(tmp_path):
    file = tmp_path / "dyads.toml"
    wearable, other = '"kit \\ud83d\\ude00"', '"x"'
    file.write_text(
        f'["one".a]\nwearable = {wearable}\nparticipant = ""\n'
        f'["one".b]\nwearable = {other}\nparticipant = ""\n'
    )
    assert read_dyad(file, "one")["a"].wearable == "kit \U0001f600"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("lists")


@given(name=st.text(st.characters(codec=None), max_size=30))
def test_whatever_a_wearable_is_called_no_dyad_of_the_list_is_lost(place, name):
    file = place / "dyads.toml"
    file.unlink(missing_ok=True)
    write_dyad(file, "one", MEMBERS)
    odd = {"a": Wearer(name, "P1"), "b": MEMBERS["b"]}
    kept = {"one": MEMBERS, "two": odd}
    try:
        write_dyad(file, "two", odd)
    except ValueError:
        kept.pop("two")
        assert any("\ud800" <= letter <= "\udfff" for letter in name)
    assert read_dyads(file) == kept


@given(text=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
@settings(max_examples=300)
def test_no_list_of_dyads_ends_in_an_error_of_another_tree(place, text):
    file = place / "any.toml"
    file.write_bytes(text)
    with contextlib.suppress(SessionError):
        assert isinstance(read_dyads(file), dict)


@pytest.mark.parametrize(
    "text",
    [
        b"x = " + b"[" * 100_000,
        b"\xff",
        b"[one.a]\nwearable = 5\nparticipant = ''\n[one.b]\nwearable = ''",
        b"one = {a = {wearable = 'x', participant = 'y', more = 1}}",
        b"[one]\na = 1\nb = 2",
    ],
    ids=["deep", "not UTF-8", "a number", "more", "numbers"],
)
def test_lists_that_are_none_are_refused_with_a_sentence(tmp_path, text):
    (tmp_path / "d.toml").write_bytes(text)
    with pytest.raises(SessionError, match="not a list of dyads"):
        read_dyads(tmp_path / "d.toml")
