"""SourceFiles: the files of one recording, whether they lie in a folder, a zip or alone.

A reader asks for files by name and gets bytes or text; what it took is remembered with its hash.
Everything from outside is read under the limits of `dyad.limits`.
"""

import gzip
import hashlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from dyadkit.dyad.limits import (
    MAX_PACKED_RATIO,
    MAX_SOURCE_BYTES,
    MAX_SOURCE_FILES,
    SMALL_BYTES,
)
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import SourceFile

UNREADABLE = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError,
    struct.error, ValueError, OverflowError,
)  # fmt: skip
"""What zipfile and the three compressions raise of damaged archives and of newer kinds."""
_JUNK = re.compile(r"(^|/)(__MACOSX/|\.|~)|(~|\.bak|\.tmp|\.orig|\.swp)$", re.IGNORECASE)


class SourceFiles:
    """Files of one recording by their path inside it ("EDA.csv", "day 1/EDA.csv").

    A single file is a source of one; a path that is none is all files that begin so. `.gz` is
    unpacked when read and left out of the name. Hidden files, backups and what macOS adds to a zip
    are not seen. Behind a # in the path stands a word: of a file of several people only the streams
    and columns with it are meant ("pair.xdf#Ada").

    Raises
    ------
    SessionError
        nothing there, or an archive that is damaged, encrypted or too large

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "EDA.csv").write_text("1551453301.0")
    ...     source = SourceFiles(Path(folder))
    ...     source.names, source.text("EDA.csv")
    (['EDA.csv'], '1551453301.0')
    """

    def __init__(self, path: Path) -> None:
        self.path, self.choice = _chosen(path)
        self._taken: dict[str, SourceFile] = {}
        self._last = ("", b"")
        self._readers = _opened(self.path)

    @property
    def names(self) -> list[str]:
        """Paths inside the source, sorted."""
        return sorted(self._readers)

    @property
    def is_single(self) -> bool:
        """Whether it is one file and not a folder or archive."""
        return self.path.is_file() and not zipfile.is_zipfile(self.path)

    @property
    def taken(self) -> tuple[SourceFile, ...]:
        """Files read so far, with hashes of their unpacked content."""
        return tuple(self._taken[name] for name in sorted(self._taken))

    def ending(self, *endings: str) -> list[str]:
        """Names with one of these endings, in small letters (".avro")."""
        return [name for name in self.names if name.lower().endswith(endings)]

    def data(self, name: str) -> bytes:
        """Content of a file; SessionError where it cannot be read."""
        if self._last[0] != name:
            self._last = (name, self._content(name))
            content = self._last[1]
            self._taken[name] = SourceFile(name, len(content), hashlib.sha256(content).hexdigest())
        return self._last[1]

    def _content(self, name: str) -> bytes:
        try:
            return self._readers[name]()
        except UNREADABLE as error:
            raise SessionError(f"{self._place(name)} cannot be read: {_reason(error)}") from None
        except RuntimeError as error:  # zipfile says so of encrypted members
            raise SessionError(
                f"{self._place(name)} cannot be read: {error}; unpack it first"
            ) from None

    def text(self, name: str) -> str:
        """Content of a text file: UTF-8, UTF-16 or Latin-1, without a byte-order mark."""
        return decoded(self.data(name))

    def beginning(self, name: str, size: int = 4096) -> str:
        """First characters of a file, as text, for recognising it; empty where unreadable."""
        try:
            return decoded(self.data(name)[:size])
        except SessionError:
            return ""

    def chooses(self, label: str) -> bool:
        """Whether a stream or column of this label is meant."""
        return self.choice.lower() in label.lower()

    def without_choice(self, label: str) -> str:
        """A label without the word that chose it: "EDA Ada" is EDA."""
        return (
            re.sub(re.escape(self.choice), " ", label, flags=re.IGNORECASE)
            if self.choice
            else label
        )

    def _place(self, name: str) -> str:
        return str(self.path) if self.is_single else f"{name} of {self.path}"


def decoded(data: bytes) -> str:
    """Text of bytes from anywhere: what spreadsheets and loggers write.

    Examples
    --------
    >>> decoded("µS".encode("utf-16")), decoded("µS".encode("latin-1"))
    ('µS', 'µS')
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:64]:  # text of numbers has a zero in every second byte
        wide = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # cut within a character
            return data[: error.start].decode("utf-8-sig")
        return data.decode("latin-1")


def _chosen(path: Path) -> tuple[Path, str]:
    """A path and the word behind its #, where no file has the whole as its name."""
    head, sign, word = path.name.rpartition("#")
    return (path.with_name(head), word) if sign and head and not path.exists() else (path, "")


def _opened(path: Path) -> dict[str, Callable[[], bytes]]:
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _archive(path, "") if zipfile.is_zipfile(path) else {_plain(path.name): _read(path)}
    for parent in path.parents:  # a folder within a zip
        if parent.is_file() and zipfile.is_zipfile(parent):
            return _archive(parent, path.relative_to(parent).as_posix() + "/")
    beginning = path.name + "_"  # files that begin alike ("round_1_A_EDA.csv", ...)
    alike = sorted(path.parent.glob("*")) if path.parent.is_dir() else []
    named = {file.name: file for file in alike if file.name.startswith(beginning)}
    if not path.name or not named:
        raise SessionError(f"{path} does not exist, and no file there begins so")
    return {_plain(name): _read(file) for name, file in named.items() if file.is_file()}


def _folder(path: Path) -> dict[str, Callable[[], bytes]]:
    files = [file for file in sorted(path.rglob("*")) if file.is_file()]
    if len(files) > MAX_SOURCE_FILES:
        raise SessionError(f"{path} holds {len(files)} files: name the folder of one recording")
    named = {file.relative_to(path).as_posix(): file for file in files}
    return {_plain(name): _read(file) for name, file in named.items() if not _JUNK.search(name)}


def _archive(path: Path, inside: str) -> dict[str, Callable[[], bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except UNREADABLE as error:
        raise SessionError(f"{path} is a damaged zip ({error}): fetch it again") from None
    if len(members) > MAX_SOURCE_FILES:
        raise SessionError(f"{path} holds {len(members)} files: no recording has so many")
    if len({member.filename for member in members}) < len(members):
        raise SessionError(f"{path} holds files of one name twice: unpack it and look")
    found = {
        member.filename.removeprefix(inside): _member(path, member)
        for member in members
        if member.filename
        and not member.filename.endswith("/")
        and member.filename.startswith(inside)
        and not _JUNK.search(member.filename)
    }
    if not found:
        raise SessionError(f"{path} holds nothing{f' in {inside}' if inside else ''}")
    return {_plain(name): read for name, read in found.items()}


def _plain(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name


def _read(file: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        if file.stat().st_size > MAX_SOURCE_BYTES:
            raise SessionError(f"{file} has {file.stat().st_size >> 20} MiB: {_TOO_LARGE}")
        content = file.read_bytes()
        return unpacked(content, str(file)) if file.suffix.lower() == ".gz" else content

    return read


def unpacked(packed: bytes, place: str) -> bytes:
    """Content of gzipped bytes, as long as it stays within the limits.

    Examples
    --------
    >>> unpacked(gzip.compress(b"1.0"), "EDA.csv.gz")
    b'1.0'
    """
    limit = _limit(len(packed))
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            content = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SessionError(f"{place} is a damaged gzip file ({error})") from None
    if len(content) > limit:
        raise SessionError(f"{place} unpacks to more than {limit >> 20} MiB: {_TOO_LARGE}")
    return content


def _member(path: Path, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        limit = _limit(member.compress_size)
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
            content = packed.read(limit + 1)
        if len(content) > limit:
            raise SessionError(
                f"{member.filename} of {path} unpacks to more than {limit >> 20} MiB: {_TOO_LARGE}"
            )
        is_packed = member.filename.lower().endswith(".gz")
        return unpacked(content, member.filename) if is_packed else content

    return read


_TOO_LARGE = "no recording has so much"


def _limit(packed: int) -> int:
    return min(MAX_SOURCE_BYTES, max(SMALL_BYTES, packed * MAX_PACKED_RATIO))


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
