"""Sessions and messages of every protocol version are read for ever."""

import gzip
import json

import pytest

from archive.decoded import hashes_of
from dyadwire import MAJOR, MINOR, messages
from fakes.inside_micropython import ROOT

ARCHIVE = ROOT / "tests" / "archive"
KEPT = sorted(folder.name for folder in ARCHIVE.iterdir() if (folder / "decoded.json").is_file())


def test_every_minor_version_is_kept():
    missing = {f"{MAJOR}.{minor}" for minor in range(MINOR + 1)} - set(KEPT)
    assert not missing, (
        "PYTHONPATH=tests python tests/archive/keep.py keeps what this version writes"
    )


@pytest.mark.parametrize("version", KEPT)
@pytest.mark.parametrize("kind", ["streamed", "fetched"])
def test_a_session_of_any_version_decodes_to_what_it_did(version, kind, tmp_path):
    file = tmp_path / f"{kind}.mcap"
    file.write_bytes(gzip.decompress((ARCHIVE / version / f"{kind}.mcap.gz").read_bytes()))
    expected = json.loads((ARCHIVE / version / "decoded.json").read_text())[kind]
    assert len(expected) > 4
    assert hashes_of(file) == expected


@pytest.mark.parametrize("version", KEPT)
def test_a_message_of_any_version_reads_as_it_did_and_only_gains_fields(version):
    for kept in json.loads((ARCHIVE / version / "messages.json").read_text()):
        layout = messages.BY_KIND[kept["kind"]]
        data = bytes.fromhex(kept["bytes"])
        if version == f"{MAJOR}.{MINOR}" or len(data) >= messages.size(layout):
            message = messages.unpack(kept["kind"], data)
            fields = {
                name: value.hex() if isinstance(value, bytes) else value
                for name, value in message._asdict().items()
            }
            assert {name: fields[name] for name in kept["fields"]} == kept["fields"], kept["name"]
