"""Schema of an analysis as JSON, version 1: the published file, and what keeps it true.

python -m dyadkit.analysis.schema          writes the file anew after a field was added
"""

import json
from pathlib import Path
from typing import Any

from dyadkit.analysis.whole import Analysis
from dyadkit.dyad.schema import missing_from, schema_of

PUBLISHED = Path(__file__).with_name("analysis-1.schema.json")


def published() -> dict[str, Any]:
    """The JSON Schema that files of `dyadkit analyze --report result.json` keep to."""
    found: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return found


def current() -> dict[str, Any]:
    """The same as the code has it now."""
    title = "Analysis of one session by dyadkit, version 1"
    return {"title": title, **schema_of(Analysis)}


def publish() -> None:
    """Write the file anew.

    Raises
    ------
    ValueError
        something that was published is no longer there
    """
    newer = current()
    gone = list(missing_from(newer, published())) if PUBLISHED.exists() else []
    if gone:
        raise ValueError(f"version 1 promised {', '.join(gone)}: keep it, or begin version 2")
    PUBLISHED.write_text(json.dumps(newer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    publish()
