"""Contents of foreign files and archives, within limits: what is packed to explode does not.

A file is asked how large it is before it is read, and an archive while it is unpacked. Nothing in
it is an instruction: no path is written, no password guessed, nobody's file taken for another's.
"""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from dyadkit.dyad.limits import MAX_SIGNAL_BYTES
from dyadkit.errors import SessionError

ALWAYS_BYTES = 32 << 20
MAX_RATIO = 100
"""What may come of a packed file: always 32 MiB, for a sensor that was off all day packs a thousand
times smaller, and beyond it a hundred times its size, which no measured signal reaches."""
_PIECE_BYTES = 1 << 20


def content_of(file: Path) -> bytes:
    """Content of a plain file, unpacked if its name ends in .gz.

    Raises
    ------
    SessionError
        no plain file, one that cannot be read or is damaged, or too much of it
    """
    with _told(file):
        if not file.is_file():
            raise SessionError(f"{file} is no file")
        size = file.stat().st_size
        if file.suffix == ".gz":
            with gzip.open(file) as packed:
                return _within(packed, file.name, file, size)
        with file.open("rb") as plain:
            return _within(plain, file.name, file, MAX_SIGNAL_BYTES)


def contents_of_zip(file: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Content of the files of these names in a zip, wherever in it they lie together.

    Raises
    ------
    SessionError
        no zip, a damaged or encrypted one, one with too much in it, or with several folders, or
        files, of these names: whose is whose, the reader does not decide
    """
    with _told(file), zipfile.ZipFile(file) as archive:
        wanted = [one for one in archive.infolist() if _is_one_of(one.filename, set(names))]
        folders = sorted({str(PurePosixPath(one.filename).parent) for one in wanted})
        if len(folders) > 1:
            raise SessionError(
                f"{file} holds {len(folders)} recordings ({', '.join(folders[:4])}): unpack it and "
                "name the folder of one person"
            )
        if len({one.filename for one in wanted}) < len(wanted):
            raise SessionError(f"{file} holds files of one name twice: unpack it and look")
        return {PurePosixPath(one.filename).name: _unpacked(archive, one, file) for one in wanted}


def _is_one_of(path: str, names: set[str]) -> bool:
    """Whether a path in a zip is one of these files; not what a Mac adds beside each."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[-1] in names and "__MACOSX" not in parts


def _unpacked(archive: zipfile.ZipFile, one: zipfile.ZipInfo, file: Path) -> bytes:
    if one.flag_bits & 1:
        raise SessionError(f"{file} is encrypted: unpack it with its password first")
    with archive.open(one) as packed:
        return _within(packed, one.filename, file, one.compress_size)


def _within(stream: IO[bytes] | gzip.GzipFile, name: str, file: Path, packed_bytes: int) -> bytes:
    """All of a stream, unless it is more than can be of so many packed bytes."""
    limit = min(MAX_SIGNAL_BYTES, ALWAYS_BYTES + MAX_RATIO * packed_bytes)
    content = bytearray()
    while piece := stream.read(_PIECE_BYTES):
        content += piece
        if len(content) > limit:
            raise SessionError(
                f"{name} of {file} is more than {limit >> 20} MiB: no recording of one person is"
            )
    return bytes(content)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What other libraries raise on a file that is not what it should be, as a sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile) as error:
        raise SessionError(f"{file} is damaged: {error}") from None
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise SessionError(f"{file} cannot be unpacked: {error}") from None
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror or error}") from None
