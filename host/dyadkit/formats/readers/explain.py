"""Explanation of a foreign file: who would read it and as what, and for a table a mapping."""

from dataclasses import dataclass
from pathlib import Path

from dyadkit.dyad.result import Result
from dyadkit.errors import SessionError
from dyadkit.formats.foreign import ForeignRecording
from dyadkit.formats.mapping import toml_of
from dyadkit.formats.readers import read, table
from dyadkit.formats.sources import SourceFiles


@dataclass(frozen=True, slots=True, eq=False)
class Explanation(Result):
    """How a file would be read: the reader, its series, and a mapping where it is a table.

    trouble : why it cannot be read as it is; empty where it can
    columns : of a table
    mapping : TOML to save, mend and give to `import --mapping`; empty where none is needed
    """

    path: str
    reader: str
    series: dict[str, str]
    trouble: str = ""
    columns: tuple[str, ...] = ()
    mapping: str = ""

    def sentences(self) -> list[str]:
        """The explanation in lines for a person."""
        lines = [f"{self.path}: {self.trouble or f'read as {self.reader}'}"]
        lines += [f"  {name}: {what}" for name, what in self.series.items()]
        if self.columns:
            lines.append(f"columns: {', '.join(self.columns)}")
        if self.mapping:
            lines += [
                "mapping (save as map.toml, mend it, and give --mapping map.toml):",
                "",
                self.mapping,
            ]
        return lines


def explain(path: Path) -> Explanation:
    r"""How a file would be read; SessionError only where there is nothing to look at.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "x.csv"
    ...     _ = file.write_text("t_ms,gsr\n0,310\n10,311\n20,311\n")
    ...     found = explain(file)
    >>> print(found.mapping.strip())
    [time]
    column = "t_ms"
    unit = "ms"
    <BLANKLINE>
    [series.eda]
    column = "gsr"
    """
    source = SourceFiles(path)
    try:
        found = read(path)
        trouble, reader, series = "", found.reader, _series(found)
    except SessionError as error:
        trouble, reader, series = str(error), "", {}
    if reader not in ("", table.NAME):
        return Explanation(str(path), reader, series)
    try:
        columns, mapping = table.explained(source)
    except SessionError:
        return Explanation(str(path), reader, series, trouble)
    return Explanation(str(path), reader, series, trouble, tuple(columns.names), toml_of(mapping))


def _series(found: ForeignRecording) -> dict[str, str]:
    said = {}
    for name, one in found.series.items():
        span_s = float(one.when_s[-1] - one.when_s[0])
        rate_hz = one.rate_hz or (len(one) - 1) / span_s if span_s > 0 else 0.0
        said[name] = f"{len(one)} samples at {rate_hz:.4g} Hz, {one.unit or 'no unit'}"
    return said
