"""Draw the state table into README.md: `python firmware/draw_states.py`."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE / "README.md"
MARK = re.compile(r"(<!-- states -->\n).*?(<!-- end -->)", re.DOTALL)


def drawing() -> str:
    """The table `wearable.states.NEXT` as a Mermaid diagram."""
    sys.path.insert(0, str(HERE))
    from dyadwire.states import STATES
    from wearable.states import NEXT

    names = {number: name for number, name, _ in STATES}
    moves = (f"    {names[was]} --> {names[now]}: {step}\n" for (was, step), now in NEXT.items())
    return "```mermaid\nstateDiagram-v2\n    [*] --> idle\n" + "".join(moves) + "```\n"


def with_drawing(text: str) -> str:
    """The document with a fresh drawing."""
    return MARK.sub(lambda found: found[1] + drawing() + found[2], text)


if __name__ == "__main__":
    DOCUMENT.write_text(with_drawing(DOCUMENT.read_text()))
