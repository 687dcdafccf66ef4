"""Keys that mark while a recording runs in this terminal: events, conditions, their end, undo."""

from collections.abc import Callable, Sequence
from pathlib import Path
from string import ascii_lowercase

from dyadkit.errors import SessionError
from dyadkit.links import monotonic_ns
from dyadkit.storage.marks import end_condition, set_mark, undo_mark

END, UNDO = "e", "u"
MAX_CONDITIONS = len(ascii_lowercase) - 2


class MarkKeys:
    """Keys of a recording: 1-9 set events, a letter begins each condition, `e` ends it, `u` undoes.

    `answer` is what came of the last key.

    Examples
    --------
    >>> MarkKeys(Path("family-07-1"), ["rest", "talk", "role play", "rating"]).conditions
    {'r': 'rest', 't': 'talk', 'o': 'role play', 'a': 'rating'}
    """

    def __init__(
        self,
        folder: Path,
        conditions: Sequence[str] = (),
        clock_ns: Callable[[], int] = monotonic_ns,
    ) -> None:
        self.conditions = _letters(conditions)
        self.answer = ""
        self._folder = folder
        self._clock_ns = clock_ns

    def press(self, key: str) -> None:
        """Do what a key says; one without meaning does nothing."""
        act = self._act_of(key.lower())
        if act is None:
            return
        try:
            self.answer = act(self._clock_ns())
        except SessionError as error:
            self.answer = str(error)

    def help(self) -> str:
        """A line that says which key does what."""
        begin = [f"{key} {label}" for key, label in self.conditions.items()]
        ending = [f"{END} ends a condition"] * bool(begin)
        return ", ".join(["keys: 1-9 events", *begin, *ending, f"{UNDO} undoes the last mark"])

    def _act_of(self, key: str) -> Callable[[int], str] | None:
        if key in self.conditions:
            return lambda at_ns: self._begin(at_ns, self.conditions[key])
        if key == END:
            return lambda at_ns: f"ended: {end_condition(self._folder, at_ns)}"
        if key == UNDO:
            return lambda at_ns: f"undone: {undo_mark(self._folder, at_ns)}"
        if key in set("123456789"):
            return lambda at_ns: self._event(at_ns, f"key {key}")
        return None

    def _begin(self, at_ns: int, label: str) -> str:
        set_mark(self._folder, at_ns, label, "condition")
        return f"begins: {label}"

    def _event(self, at_ns: int, label: str) -> str:
        set_mark(self._folder, at_ns, label)
        return f"marked: {label}"


def _letters(labels: Sequence[str]) -> dict[str, str]:
    """A key for each label: its first letter that is free, else the first free of all.

    Raises
    ------
    ValueError
        a label is empty or given twice, or there are more than letters
    """
    if len(labels) > MAX_CONDITIONS or len(set(labels)) < len(labels) or not all(labels):
        raise ValueError(
            f"conditions are different words, {MAX_CONDITIONS} at most, as in rest,talk,play"
        )
    taken: dict[str, str] = {}
    for label in labels:
        free = (
            letter
            for letter in label.lower() + ascii_lowercase
            if letter in ascii_lowercase and letter not in (END, UNDO, *taken)
        )
        taken[next(free)] = label
    return taken
