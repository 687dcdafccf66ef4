"""Store of results by key: written whole or not at all, and checked when read."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from dyadkit.dyad.packing import arrays_of, bytes_of, packed, sum_of, unpacked
from dyadkit.dyad.result import Result
from dyadkit.errors import SessionError
from dyadkit.study.whole_files import write_whole

_WORDS = "words"
_Kept = TypeVar("_Kept", bound=Result)


@dataclass(frozen=True, slots=True)
class Store:
    """Results of a study in a folder that all workers can reach, and sentences of what failed."""

    folder: Path

    def place(self, key: str) -> Path:
        """Where the result of a key is kept."""
        return self.folder / "done" / key[:2] / f"{key}.result"

    def has(self, key: str) -> bool:
        """Whether there is a result that is whole."""
        return self._content(key) is not None

    def keep(self, key: str, result: Result) -> None:
        """Keep a result; errors as `write_whole`.

        Examples
        --------
        >>> import tempfile
        >>> from dyadkit.dyad.traces import Mark
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(Path(folder))
        ...     store.keep("ab12", Mark(1.0, 2.0, "bell"))
        ...     store.read("ab12", Mark).label, store.read("cd34", Mark)
        ('bell', None)
        """
        words, arrays = packed(result)
        text = json.dumps(words, allow_nan=False).encode()
        content = bytes_of({**arrays, _WORDS: np.frombuffer(text, np.uint8)})
        write_whole(self.place(key), f"{key} {sum_of(content)}\n".encode() + content)

    def read(self, key: str, kind: type[_Kept]) -> _Kept | None:
        """The result of a key; None where there is none, or none that is whole."""
        content = self._content(key)
        if content is None:
            return None
        try:
            arrays = arrays_of(content)
            words = json.loads(arrays.pop(_WORDS).tobytes())
            return unpacked(kind, words, arrays)
        except (ValueError, KeyError, TypeError, SessionError):
            return None

    def _content(self, key: str) -> bytes | None:
        try:
            head, _, content = self.place(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return content if head == f"{key} {sum_of(content)}".encode() else None

    def _failure(self, key: str) -> Path:
        return self.folder / "failed" / f"{key}.json"

    def note_failure(self, key: str, name: str, sentence: str) -> None:
        """Keep why a task failed, and how often it was tried."""
        attempts = int(str(self._noted(self._failure(key)).get("attempts", 0))) + 1
        plain = {"name": name, "sentence": sentence, "attempts": attempts}
        write_whole(self._failure(key), json.dumps(plain).encode())

    def forget_failure(self, key: str) -> None:
        """It has succeeded since."""
        self._failure(key).unlink(missing_ok=True)

    def failures(self) -> dict[str, dict[str, object]]:
        """What failed, by key: name, sentence, attempts."""
        files = sorted((self.folder / "failed").glob("*.json"))
        return {file.stem: self._noted(file) for file in files}

    @staticmethod
    def _noted(file: Path) -> dict[str, object]:
        try:
            noted = json.loads(file.read_bytes())
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}
