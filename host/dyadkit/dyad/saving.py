"""Results as files: a page to read or its JSON twin, by the ending of the name.

Long series stand in a file of arrays beside the JSON, `NAME.npz`, which the JSON names with its
checksum; `read_saved` puts both together again.
"""

import importlib.util
import json
import sys
from pathlib import Path
from typing import TypeVar

from dyadkit.dyad.packing import arrays_of, bytes_of, json_of, packed, sum_of, unpacked
from dyadkit.dyad.private_files import private_file, private_folder
from dyadkit.dyad.renderers import Audience, renderer_of
from dyadkit.dyad.result import Result
from dyadkit.errors import SessionError, extra

APART = "arrays"
"""Entry of a JSON file that names its twin."""

_Saved = TypeVar("_Saved", bound=Result)

DRAWN_WITH = ("jinja2", "matplotlib")


def save(result: Result, path: str | Path, audience: Audience = Audience.RESEARCHER) -> None:
    """Write a result's page to a name in .html, or the result as JSON to one in .json.

    Series of many samples go to a twin in .npz beside the JSON, which says so. JSON holds
    everything, whoever the page is for.

    Raises
    ------
    ValueError
        the name ends in neither, or there is no page for this audience
    SessionError
        the file cannot be written
    """
    path = checked_name(path)
    if path.suffix == ".html":
        _write(path, renderer_of(type(result).__name__, audience)(result).encode())
        return
    plain, arrays = packed(result)
    if arrays:
        content, twin = bytes_of(arrays), path.with_suffix(".npz")
        _write(twin, content)
        about = 'where {"series": name} stands, the numbers are in this file under that name'
        plain[APART] = {"file": twin.name, "about": about, "sha256": sum_of(content)}
    _write(path, json_of(plain).encode())


def read_saved(kind: type[_Saved], path: str | Path) -> _Saved:
    """A result that was saved as JSON, with its series.

    Raises
    ------
    SessionError
        the file or its twin is missing, damaged, or of another result

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dyadkit.dyad.traces import Trace
    >>> trace = Trace(np.arange(99.0), np.full(99, 4.2), "microsiemens", 1.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(trace, Path(folder) / "skin.json")
    ...     names = sorted(file.name for file in Path(folder).iterdir())
    ...     again = read_saved(Trace, Path(folder) / "skin.json")
    >>> names, bool((again.values == trace.values).all())
    (['skin.json', 'skin.npz'], True)
    """
    path = Path(path)
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        apart, arrays = plain.pop(APART, None), {}
        if apart is not None:
            content = path.with_name(Path(apart["file"]).name).read_bytes()
            if sum_of(content) != apart["sha256"]:
                raise SessionError(f"{apart['file']} is damaged, or of another {path.name}")
            arrays = arrays_of(content)
        return unpacked(kind, plain, arrays)
    except OSError as error:
        raise SessionError(f"cannot read {error.filename or path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SessionError(f"{path} is no saved {kind.__name__}: {error}") from None


def checked_name(path: str | Path) -> Path:
    """The path, whose name ends in .html or .json, for which all is here that is needed.

    Raises
    ------
    ValueError
        another ending
    MissingExtraError
        what draws a page is not installed: better said before an analysis than after it
    """
    path = Path(path)
    if path.suffix not in (".html", ".json"):
        raise ValueError(f"cannot save as {path.name}: end the name in .html or .json")
    if path.suffix == ".html":
        with extra("report"):
            for name in DRAWN_WITH:
                if not _is_here(name):
                    raise ModuleNotFoundError(name=name)
    return path


def is_drawable() -> bool:
    """Whether all is here that draws a page."""
    return all(_is_here(name) for name in DRAWN_WITH)


def _is_here(name: str) -> bool:
    return name in sys.modules or importlib.util.find_spec(name) is not None


def _write(path: Path, content: bytes) -> None:
    try:
        private_folder(path.parent)
        private_file(path).write_bytes(content)
    except OSError as error:
        raise SessionError(f"cannot write {path}: {error.strerror}") from error
