"""Lines of a TOML file: where its tables and keys stand, which its reader does not tell."""

import re
from dataclasses import dataclass, field

_TABLE = re.compile(r"^\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}")
_KEY = re.compile(r"""^\s*["']?([^\s"'=]+)["']?\s*=""")


@dataclass(slots=True)
class Places:
    """Line of every key, by table, how many tables of that name came before, and key."""

    of: dict[tuple[str, int, str], int] = field(default_factory=dict)

    @classmethod
    def of_text(cls, text: str) -> "Places":
        r"""Places in a text that the TOML reader has taken.

        Examples
        --------
        >>> Places.of_text("[study]\nname = 'x'\n").line("study", 0, "name")
        2
        """
        places, table, counts = cls(), "", {"": 0}
        for number, line in enumerate(text.splitlines(), start=1):
            head = _TABLE.match(line)
            if head:
                table = head[1]
                counts[table] = counts.get(table, -1) + 1
                places.of[table, counts[table], ""] = number
                continue
            key = _KEY.match(line)
            if key:
                places.of.setdefault((table, counts[table], key[1]), number)
        return places

    def line(self, table: str, place: int = 0, key: str = "") -> int:
        """Where a key stands, or its table, or the file's first line."""
        return self.of.get((table, place, key)) or self.of.get((table, place, "")) or 1
