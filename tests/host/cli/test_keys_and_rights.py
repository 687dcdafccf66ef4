"""keys, lock, unlock, purge, withdraw: as they are typed, and what they answer."""

import io
import json
import sys

import pytest

from dyadkit import cli
from dyadkit.devices.flashing.register import RegisteredWearable, register
from dyadkit.devices.key_file import read_keys, write_keys
from dyadkit.storage import sealing
from fakes.short_session import write

BLUE = "7cdfa1000001"


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """A function that types a command: exit code, what was printed, what was complained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYADKIT_PASSPHRASE", "five words that nobody says")
    monkeypatch.setattr(sealing, "COST_LOG2", 10)

    def run(line, passphrase=None):
        monkeypatch.setattr(sys, "argv", ["dyadkit", *line.split()])
        if passphrase is not None:
            monkeypatch.setenv("DYADKIT_PASSPHRASE", passphrase)
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


def test_a_kit_key_is_made_once_and_never_printed(typed, tmp_path):
    code, out, err = typed("keys new")
    key = read_keys(tmp_path / "kit.key").kit_key.hex()
    assert code == 0
    for line in ("keys list", "keys list --json", "keys rotate", "keys export safe.key"):
        _, more_out, more_err = typed(line)
        out, err = out + more_out, err + more_err
    assert key not in out + err
    assert "lock you out" in typed("keys new")[2]


def test_wearables_are_listed_with_and_without_a_key(typed, tmp_path):
    typed("keys new")
    register(tmp_path / "wearables.toml", BLUE, RegisteredWearable("blue", "b", "m"))
    [row] = json.loads(typed("keys list --json")[1])["wearables"]
    assert (row["name"], row["state"]) == ("blue", "none")
    assert "anybody in radio range" in typed("keys list")[1]
    write_keys(tmp_path / "kit.key", read_keys(tmp_path / "kit.key").given(BLUE))
    assert "keyed" in typed("keys list")[1]
    assert json.loads(typed("keys rotate --json")[1])["waiting"] == [BLUE]
    assert typed("keys revoke blue")[0] == 0
    assert "revoked" in typed("keys list")[1]
    assert "holds no key of this lab" in typed("keys revoke green")[2]


def test_an_exported_key_is_sealed_and_another_computer_takes_it_over(typed, tmp_path):
    typed("keys new")
    assert typed("keys export --passphrase safe.key")[0] == 0
    assert "passphrase" in typed("keys new --kit other.key --from safe.key", "wrong")[2]
    assert not (tmp_path / "other.key").exists()
    typed("keys new --kit other.key --from safe.key", "five words that nobody says")
    assert read_keys(tmp_path / "other.key") == read_keys(tmp_path / "kit.key")
    assert (tmp_path / "safe.key").read_bytes().startswith(sealing.MAGIC)


def test_a_short_passphrase_is_warned_about_and_an_empty_one_refused(typed, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\n"))
    assert "may be guessed" in typed("keys new --passphrase", "short")[2]
    assert "empty passphrase" in typed("keys new --passphrase --kit x.key", "")[2]


def test_a_session_is_locked_and_unlocked(typed, tmp_path):
    write(tmp_path / "s")
    assert json.loads(typed("lock s --json")[1])["files"] == ["session.json", "session.mcap"]
    for line in ("info s", "analyze s", "export s --to csv", "recover s --out t"):
        code, _, err = typed(line)
        assert (code, "is locked: open it with dyadkit unlock s" in err) == (1, True)
    assert "wrong passphrase" in typed("unlock s", "another")[2]
    assert typed("unlock s", "five words that nobody says")[0] == 0
    assert typed("info s")[0] == 0
    assert "is not locked" in typed("unlock s")[2]


def test_a_purge_asks_for_the_name_first(typed, tmp_path, monkeypatch):
    write(tmp_path / "s")
    monkeypatch.setattr("sys.stdin", io.StringIO("another\n"))
    code, _, err = typed("purge s")
    assert (code, "nothing was deleted" in err) == (1, True)
    assert "not deleted" in typed("purge s --person b --yes")[1]
    assert "one half" in typed("info s")[2]
    assert typed("purge s --yes --reason asked")[0] == 0
    assert [one.name for one in (tmp_path / "s").iterdir()] == ["purged.json"]


def test_who_withdrew_is_said_wherever_the_session_is_used(typed, tmp_path):
    write(tmp_path / "s")
    assert typed("withdraw s --person c")[0] == 2
    assert typed("withdraw s --person a --words by-letter")[0] == 0
    for line in ("analyze s", "export s --to csv", "play s"):
        assert "a withdrew on" in typed(line)[2]
    assert "a withdrew on" in typed("info s")[1]
