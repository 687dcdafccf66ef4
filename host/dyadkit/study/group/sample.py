"""Sample of a study: one estimate a session, with the ids that tell what depends on what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dyadkit.dyad.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Estimates of one measure, shape (n,), a row a session or a difference.

    values, errors, p : estimate, its standard error within the session, its own p; NaN where none
    amounts : how much each rests on, in any unit; what rests on more counts more
    dyads : ids
    persons : ids of both people, or of one where the row is of one
    days : NaN where nobody says
    """

    values: Floats
    errors: Floats
    p: Floats
    amounts: Floats
    dyads: tuple[str, ...]
    persons: tuple[tuple[str, ...], ...]
    days: Floats

    @classmethod
    def of(
        cls,
        values: Floats,
        dyads: Sequence[str] | None = None,
        persons: Sequence[tuple[str, ...]] | None = None,
    ) -> "Sample":
        """Plain values, by default each of a dyad of its own."""
        count = len(values)
        names = tuple(dyads) if dyads is not None else tuple(str(k) for k in range(count))
        people = (
            tuple(persons)
            if persons is not None
            else tuple((f"{one}/a", f"{one}/b") for one in names)
        )
        unknown = np.full(count, np.nan)
        return cls(
            np.asarray(values, dtype=float),
            unknown,
            unknown,
            np.ones(count),
            names,
            people,
            unknown,
        )

    def __len__(self) -> int:
        return len(self.values)

    def known(self) -> "Sample":
        """The rows that have a value."""
        return self.kept(np.isfinite(self.values))

    def kept(self, chosen: Bools) -> "Sample":
        """The chosen rows."""
        places = np.flatnonzero(chosen)
        return Sample(
            self.values[places],
            self.errors[places],
            self.p[places],
            self.amounts[places],
            tuple(self.dyads[k] for k in places),
            tuple(self.persons[k] for k in places),
            self.days[places],
        )

    def without(self, dyad: str) -> "Sample":
        """All but one dyad."""
        return self.kept(np.array([one != dyad for one in self.dyads], dtype=bool))

    def with_values(self, values: Floats) -> "Sample":
        """The same rows with other values."""
        return replace(self, values=values)

    def with_p(self, p: Floats) -> "Sample":
        """The same rows with a p each."""
        return replace(self, p=np.asarray(p, dtype=float))

    @property
    def dyad_count(self) -> int:
        """How many dyads there are."""
        return len(set(self.dyads))

    def numbers_of_dyads(self) -> Ints:
        """Number of each row's dyad, shape (n,), in order of ids."""
        return np.unique(np.array(self.dyads, dtype=object).astype(str), return_inverse=True)[1]

    def persons_shared(self) -> tuple[str, ...]:
        """Persons who are in more than one dyad."""
        of_person: dict[str, set[str]] = {}
        for dyad, people in zip(self.dyads, self.persons, strict=True):
            for one in people:
                of_person.setdefault(one, set()).add(dyad)
        return tuple(sorted(one for one, dyads in of_person.items() if len(dyads) > 1))

    def clusters(self) -> Ints:
        """Number of the cluster of each row, shape (n,): rows that share a person are of one."""
        names = sorted({one for people in self.persons for one in people})
        number = {name: k for k, name in enumerate(names)}
        rows, columns = [], []
        for people in self.persons:
            for one in people:
                rows.append(number[people[0]])
                columns.append(number[one])
        links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(names),) * 2)
        label = connected_components(links, directed=False)[1]
        return np.array([label[number[people[0]]] for people in self.persons], dtype=int)


def per_dyad(sample: Sample) -> Sample:
    """One row a dyad: the mean over its sessions, by how much each rests on.

    Examples
    --------
    >>> both = per_dyad(Sample.of(np.array([1.0, 3.0, 5.0]), ("d1", "d1", "d2")))
    >>> both.dyads, both.values.tolist()
    (('d1', 'd2'), [2.0, 5.0])
    """
    number = sample.numbers_of_dyads()
    count = int(number.max()) + 1 if len(number) else 0
    weights = np.bincount(number, sample.amounts, count).astype(float)
    first = [int(np.flatnonzero(number == k)[0]) for k in range(count)]
    people = [
        tuple(sorted({one for k in np.flatnonzero(number == place) for one in sample.persons[k]}))
        for place in range(count)
    ]
    # The errors of the sessions are independent; the mean's error follows from theirs.
    spread = np.bincount(number, np.square(sample.amounts * sample.errors), count)
    return Sample(
        np.bincount(number, sample.amounts * sample.values, count) / weights,
        np.sqrt(spread) / weights,
        np.full(count, np.nan),
        weights,
        tuple(sample.dyads[k] for k in first),
        tuple(people),
        np.full(count, np.nan),
    )
