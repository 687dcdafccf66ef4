"""Results as files: a page to read or its JSON twin, by the ending of the name."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dyadkit.errors import SessionError, extra

if TYPE_CHECKING:
    from dyadkit.dyad.result import Result

DRAWN_WITH = ("jinja2", "matplotlib")

RENDERERS: dict[str, Callable[[Any], str]] = {}
"""What makes a page of a result, by the name of its class.

`dyadkit/__init__` fills it, so that results import nothing above them.
"""


def save(result: "Result", path: str | Path) -> None:
    """Write a result's page to a name in .html, or the result as JSON to one in .json.

    Raises
    ------
    ValueError
        the name ends in neither
    SessionError
        the file cannot be written
    """
    path = checked_name(path)
    text = RENDERERS[type(result).__name__](result) if path.suffix == ".html" else _json(result)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SessionError(f"cannot write {path}: {error.strerror}") from error


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
                if name not in sys.modules and importlib.util.find_spec(name) is None:
                    raise ModuleNotFoundError(name=name)
    return path


def _json(result: "Result") -> str:
    return json.dumps(result.to_dict(), indent=1, allow_nan=False)
