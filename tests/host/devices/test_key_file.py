"""The kit key stays where it is, whole and private; wearables are known by what they hold."""

import os

import pytest

from dyadkit.devices.key_file import KeyState, new_keys, read_keys, write_keys
from dyadkit.devices.kit_key import KEY_BYTES, derive_wearable_key
from dyadkit.errors import SessionError
from dyadkit.storage import sealing

BLUE, RED = "7cdfa1000001", "7cdfa1000002"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(sealing, "COST_LOG2", 10)


def test_a_kit_key_is_new_each_time_and_long_enough():
    made = {new_keys().kit_key for _ in range(20)}
    assert len(made) == 20
    assert {len(one) for one in made} == {KEY_BYTES}


def test_no_text_of_a_key_file_shows_a_key():
    keys = new_keys()
    assert keys.kit_key.hex() not in repr(keys)
    assert repr(keys.kit_key) not in repr(keys)


@pytest.mark.parametrize("passphrase", ["", "five words"])
def test_keys_come_back_from_a_file_that_is_its_owners_alone(tmp_path, passphrase):
    before = os.umask(0)
    keys = new_keys().given(BLUE).rotated().given(RED).revoked(RED)
    write_keys(tmp_path / "kit.key", keys, passphrase)
    os.umask(before)
    assert read_keys(tmp_path / "kit.key", passphrase) == keys
    assert (tmp_path / "kit.key").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["kit.key"]


def test_a_sealed_key_file_shows_no_key_and_opens_under_its_passphrase_only(tmp_path):
    keys = new_keys()
    write_keys(tmp_path / "kit.key", keys, "five words")
    content = (tmp_path / "kit.key").read_bytes()
    assert keys.kit_key not in content
    assert keys.kit_key.hex().encode() not in content
    for wrong in ("", "five word"):
        with pytest.raises(SessionError, match="passphrase"):
            read_keys(tmp_path / "kit.key", wrong)


def test_a_wearable_is_known_by_what_it_holds():
    keys = new_keys()
    assert keys.state_of(BLUE) is KeyState.NONE
    first = keys.kit_key
    keys = keys.given(BLUE)
    assert (keys.state_of(BLUE), keys.kit_key_for(BLUE)) == (KeyState.CURRENT, first)
    keys = keys.rotated()
    assert (keys.state_of(BLUE), keys.kit_key_for(BLUE)) == (KeyState.OLD, first)
    keys = keys.given(BLUE)
    assert keys.state_of(BLUE) is KeyState.CURRENT
    assert keys.kit_key_for(BLUE) == keys.kit_key != first


def test_what_a_wearable_holds_opens_itself_and_tells_nothing_of_the_kit():
    keys = new_keys().given(BLUE).given(RED)
    held = keys.wearable_key(BLUE)
    assert held == derive_wearable_key(keys.kit_key, bytes.fromhex(BLUE))
    assert len({held, keys.wearable_key(RED), keys.kit_key}) == 3
    assert keys.rotated().wearable_key(BLUE) == held
    assert keys.rotated().given(BLUE).wearable_key(BLUE) != held


def test_of_a_revoked_wearable_no_key_is_given_out():
    keys = new_keys().given(BLUE).revoked(BLUE)
    assert keys.state_of(BLUE) is KeyState.REVOKED
    for address in (BLUE, RED):
        with pytest.raises(SessionError, match="wearable"):
            keys.kit_key_for(address)
    with pytest.raises(SessionError, match="holds no key of this lab"):
        keys.revoked(RED)
    assert keys.given(BLUE).state_of(BLUE) is KeyState.CURRENT


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff", b'{"format": "dyadkit kit key 1"}',
        b'{"format": "dyadkit kit key 1", "keys": [], "made": [], "wearables": {}}',
        b'{"format": "dyadkit kit key 1", "keys": ["00"], "made": ["x"], "wearables": {}}',
        b'{"format": "dyadkit kit key 1", "keys": "zz", "made": 7, "wearables": []}',
        b'{"format": "dyadkit kit key 1", "keys": ["' + b"00" * 32 + b'"], "made": ["d"], '
        b'"wearables": {"x": {"generation": 2, "given": "d"}}}',
        b"dyadkit sealed\0" + bytes(20),
    ],
)  # fmt: skip
def test_what_is_no_key_file_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "kit.key").write_bytes(content)
    with pytest.raises(SessionError, match=r"kit\.key"):
        read_keys(tmp_path / "kit.key", "x")


def test_without_a_key_file_it_is_said_how_to_make_one(tmp_path):
    with pytest.raises(SessionError, match="dyadkit keys new"):
        read_keys(tmp_path / "kit.key")
