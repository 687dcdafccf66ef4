"""Frozen plan of an analysis: what will be asked, with a hash, decided before the data are seen."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from dyadkit.errors import SessionError


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """Table `[analysis]` of a plan: every choice that `analyze` leaves open.

    seed, max_lag_s : as of `analyze`
    others : how many sessions of other dyads it is compared with
    primary : the question that is asked first, with the whole error budget (`Primary`)
    """

    seed: int = 0
    max_lag_s: float = 5.0
    others: int = 0
    primary: str = ""

    @property
    def digest(self) -> str:
        """Hash of the choices: equal choices, equal hash, whatever the file looks like.

        Examples
        --------
        >>> AnalysisPlan().digest == AnalysisPlan(max_lag_s=5).digest
        True
        """
        plain: dict[str, float | str] = {
            name: value if isinstance(value, str) else float(value)
            for name, value in asdict(self).items()
            if value != ""
        }
        return "sha256:" + hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    def agrees(self, asked: "AnalysisPlan") -> None:
        """Raise SessionError where an analysis is asked that is not the planned one."""
        for field in fields(self):
            planned, wanted = getattr(self, field.name), getattr(asked, field.name)
            if planned != wanted:
                raise SessionError(
                    f"the plan says {field.name} {planned}, this analysis asks {wanted}: "
                    "follow the plan, or leave it out and say that you deviated"
                )


def read_plan(path: str | Path) -> AnalysisPlan:
    """A plan from a TOML file; where its table holds a `hash`, the choices must still give it.

    Raises
    ------
    SessionError
        the file cannot be read, holds unknown choices, or was changed since it was frozen
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("analysis")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SessionError(f"cannot read the plan {path}: {error}") from error
    if not isinstance(table, dict):
        raise SessionError(f"{path} has no table [analysis]")
    frozen = table.pop("hash", None)
    known = {field.name for field in fields(AnalysisPlan)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SessionError(
            f"{path} plans {', '.join(unknown)}; what can be planned: {', '.join(sorted(known))}"
        )
    usual = AnalysisPlan()
    wrong = [
        f"{name} must be {'words' if isinstance(getattr(usual, name), str) else 'a number'}"
        for name, value in table.items()
        if isinstance(value, bool)
        or isinstance(value, str) != isinstance(getattr(usual, name), str)
    ]
    if wrong:
        raise SessionError(f"{path}: {', '.join(wrong)}")
    plan = AnalysisPlan(**table)
    if frozen is not None and frozen != plan.digest:
        raise SessionError(
            f"{path} was changed since it was frozen: its choices give {plan.digest}, not {frozen}"
        )
    return plan
