"""Tables of a session as papers print them: epochs, conditions, reactivity, what is missing where.

Rules of this room: numbers without claims; each cell says how much of its span was seen; a cell of
which too little was seen is NaN, never a number from the rest.

Start reading at `cells.cells_of`, the measures of one stretch; `layout` lays stretches out as
epochs and conditions, `reactivity` compares conditions, `coverage` says what is missing by
condition, `sensors` when a sensor was off.
"""

from dyadkit.analysis.tables.cells import TableCell
from dyadkit.analysis.tables.coverage import missing_by_condition
from dyadkit.analysis.tables.layout import condition_table, epoch_table
from dyadkit.analysis.tables.reactivity import Reaction, reactions
from dyadkit.analysis.tables.sensors import sensor_marks

__all__ = [
    "TableCell",
    "Reaction",
    "condition_table",
    "epoch_table",
    "missing_by_condition",
    "reactions",
    "sensor_marks",
]
