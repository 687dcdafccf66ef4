"""A small maze router: two layers, one width of track, paths that keep their clearance.

Everything is on a grid. Around each piece of copper the cells too close to it belong to its net;
a path may cross free cells and its own. Nets that do not fit are routed earlier the next time.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

GRID_MM = 0.125
TRACK_MM = 0.2
CLEARANCE_MM = 0.2  # KiCad's default, and any maker's
VIA_MM = 0.6
EDGE_MM = 0.4
_VIA_COST = 12
_VIA_IN_PAD_COST = 200  # a hole in a pad that is soldered flat drinks the solder
_TURN_COST = 1
_TRIES = 40
_NOBODY, _EVERYBODY = "", "*"

Cell = tuple[int, int, int]  # layer (0 front, 1 back), column, row


class BoardPad(NamedTuple):
    """A pad: its net (empty if none), centre, half sizes, and layers it is on."""

    net: str
    x_mm: float
    y_mm: float
    half_x_mm: float
    half_y_mm: float
    layers: tuple[int, ...]


class BoardTrack(NamedTuple):
    """A straight track on a layer."""

    net: str
    layer: int
    start_mm: tuple[float, float]
    stop_mm: tuple[float, float]


class Via(NamedTuple):
    """A hole that joins both layers."""

    net: str
    x_mm: float
    y_mm: float


class NoWayError(RuntimeError):
    """No way was found for a net, however early it was routed."""


class RoutingGrid:
    """The grid with what is on it."""

    def __init__(
        self,
        width_mm: float,
        height_mm: float,
        pads: Iterable[BoardPad],
        clearances_mm: Mapping[str, float],
    ) -> None:
        self._clearances_mm = clearances_mm
        self.columns = round(width_mm / GRID_MM) + 1
        self.rows = round(height_mm / GRID_MM) + 1
        self._size = self.columns * self.rows
        self._for_track = [[_NOBODY] * self._size for _ in range(2)]
        self._for_via = [[_NOBODY] * self._size for _ in range(2)]
        self.pads = list(pads)
        self.tracks: list[BoardTrack] = []
        self.vias: list[Via] = []
        self._fence()
        for pad in self.pads:
            for layer in pad.layers:
                self._claim(layer, pad.net or _EVERYBODY, pad)
        self._flat = {
            row * self.columns + column
            for pad in self.pads
            if len(pad.layers) == 1
            for column, row in self._cells_near(pad, VIA_MM / 2)
        }

    def _fence(self) -> None:
        edge = EDGE_MM + TRACK_MM / 2
        for column in range(self.columns):
            for row in range(self.rows):
                x, y = column * GRID_MM, row * GRID_MM
                inside = min(x, y, (self.columns - 1) * GRID_MM - x, (self.rows - 1) * GRID_MM - y)
                for layer in range(2):
                    if inside < edge:
                        self._for_track[layer][row * self.columns + column] = _EVERYBODY
                    if inside < edge + VIA_MM / 2:
                        self._for_via[layer][row * self.columns + column] = _EVERYBODY

    def _claim(self, layer: int, net: str, box: BoardPad) -> None:
        """Give the cells too close to a box of copper to its net."""
        for owners, half in (
            (self._for_track[layer], TRACK_MM / 2),
            (self._for_via[layer], VIA_MM / 2),
        ):
            margin = self._clearances_mm.get(net, CLEARANCE_MM) + half
            for column, row in self._cells_near(box, margin):
                at = row * self.columns + column
                if owners[at] == _NOBODY:
                    owners[at] = net
                elif owners[at] != net:
                    owners[at] = _EVERYBODY

    def _cells_near(self, box: BoardPad, margin_mm: float) -> Iterable[tuple[int, int]]:
        """Cells closer to a box than the margin."""
        left = max(0, int((box.x_mm - box.half_x_mm - margin_mm) / GRID_MM))
        right = min(self.columns - 1, int((box.x_mm + box.half_x_mm + margin_mm) / GRID_MM) + 1)
        top = max(0, int((box.y_mm - box.half_y_mm - margin_mm) / GRID_MM))
        bottom = min(self.rows - 1, int((box.y_mm + box.half_y_mm + margin_mm) / GRID_MM) + 1)
        for column in range(left, right + 1):
            across = max(0.0, abs(column * GRID_MM - box.x_mm) - box.half_x_mm)
            for row in range(top, bottom + 1):
                down = max(0.0, abs(row * GRID_MM - box.y_mm) - box.half_y_mm)
                if across * across + down * down < margin_mm * margin_mm - 1e-9:
                    yield column, row

    # routing

    def connect(self, net: str) -> bool:
        """Join all pads of a net; whether that was possible."""
        pads = [pad for pad in self.pads if pad.net == net]
        pads.sort(key=lambda pad: (pad.x_mm, pad.y_mm))
        reached = set(self._inside(pads[0]))
        left = {index: set(self._inside(pad)) for index, pad in enumerate(pads) if index}
        while left:
            goals = {cell: index for index, cells in left.items() for cell in cells}
            path = self._search(net, reached, goals)
            if path is None:
                return False
            self._keep(net, path)
            reached.update(path)
            reached.update(left.pop(goals[path[-1]]))
        return True

    def _inside(self, pad: BoardPad) -> list[Cell]:
        """Cells well within a pad, round ones too; at least the one at its centre."""
        centre = (round(pad.x_mm / GRID_MM), round(pad.y_mm / GRID_MM))
        within = [
            (column, row)
            for column in range(centre[0] - 8, centre[0] + 9)
            for row in range(centre[1] - 8, centre[1] + 9)
            if abs(column * GRID_MM - pad.x_mm) <= 0.6 * pad.half_x_mm
            and abs(row * GRID_MM - pad.y_mm) <= 0.6 * pad.half_y_mm
        ]
        return [(layer, *cell) for layer in pad.layers for cell in within or [centre]]

    def _search(self, net: str, start: set[Cell], goals: dict[Cell, int]) -> list[Cell] | None:
        """The cheapest path from what is reached to any goal (Dijkstra)."""
        cost = dict.fromkeys(start, 0)
        came: dict[Cell, Cell] = {}
        queue = [(0, cell) for cell in sorted(start)]
        heapq.heapify(queue)
        while queue:
            spent, cell = heapq.heappop(queue)
            if spent > cost[cell]:
                continue
            if cell in goals:
                return _trail(came, cell)
            straight_on = _straight_on(came.get(cell), cell)
            for step, following in self._steps(net, cell):
                total = spent + step
                if straight_on is not None and following != straight_on:
                    total += _TURN_COST
                if total < cost.get(following, 1 << 30):
                    cost[following] = total
                    came[following] = cell
                    heapq.heappush(queue, (total, following))
        return None

    def _steps(self, net: str, cell: Cell) -> Iterable[tuple[int, Cell]]:
        layer, column, row = cell
        owners = self._for_track[layer]
        for dx, dy, price in _WAYS:
            x, y = column + dx, row + dy  # the fence keeps paths off the rim
            if owners[y * self.columns + x] in (_NOBODY, net):
                yield price, (layer, x, y)
        at = row * self.columns + column
        if all(one[at] in (_NOBODY, net) for one in self._for_via):
            other = self._for_track[1 - layer][at]
            if other in (_NOBODY, net):
                price = _VIA_IN_PAD_COST if at in self._flat else _VIA_COST
                yield price, (1 - layer, column, row)

    def _keep(self, net: str, path: list[Cell]) -> None:
        """Turn a path into tracks and vias, and claim the cells around them."""
        self._split_at(net, path[0])
        for one, other in _straight_pieces(path):
            if one[0] == other[0]:
                self.tracks.append(BoardTrack(net, one[0], _place(one), _place(other)))
            else:
                self.vias.append(Via(net, *_place(one)))
                self._claim_around(net, one, VIA_MM / 2 * 0.85, (0, 1))
        for cell in path:
            self._claim_around(net, cell, TRACK_MM / 2, (cell[0],))

    def _split_at(self, net: str, cell: Cell) -> None:
        """End tracks where one branches off, so that each end meets an end."""
        at = _place(cell)
        for index, track in enumerate(self.tracks):
            if (track.net, track.layer) == (net, cell[0]) and _is_inside(at, track):
                self.tracks[index : index + 1] = [
                    track._replace(stop_mm=at), track._replace(start_mm=at),
                ]  # fmt: skip
                return

    def _claim_around(self, net: str, cell: Cell, half_mm: float, layers: tuple[int, ...]) -> None:
        box = BoardPad(net, *_place(cell), half_mm, half_mm, layers)
        for layer in layers:
            self._claim(layer, net, box)


_WAYS = (
    (1, 0, 2), (-1, 0, 2), (0, 1, 2), (0, -1, 2), (1, 1, 3), (1, -1, 3), (-1, 1, 3), (-1, -1, 3),
)  # fmt: skip


def _straight_on(before: Cell | None, cell: Cell) -> Cell | None:
    """The cell after this one on the way that came from `before`."""
    if before is None:
        return None
    return 2 * cell[0] - before[0], 2 * cell[1] - before[1], 2 * cell[2] - before[2]


def _straight_pieces(path: list[Cell]) -> Iterable[tuple[Cell, Cell]]:
    """The path as pieces that neither turn nor change layers, and the changes between."""
    corners = [path[0]]
    for before, cell, after in zip(path, path[1:], path[2:], strict=False):
        if after != _straight_on(before, cell):
            corners.append(cell)
    corners.append(path[-1])
    return zip(corners, corners[1:], strict=False)


def _is_inside(at: tuple[float, float], track: BoardTrack) -> bool:
    """Whether a place is on a track, its ends not counted."""
    (x, y), (left, top), (right, bottom) = at, track.start_mm, track.stop_mm
    across, down = right - left, bottom - top
    if abs(across * (y - top) - down * (x - left)) > 1e-9:
        return False
    along = (across * (x - left) + down * (y - top)) / (across**2 + down**2)
    return 1e-6 < along < 1 - 1e-6


def _trail(came: dict[Cell, Cell], cell: Cell) -> list[Cell]:
    path = [cell]
    while path[-1] in came:
        path.append(came[path[-1]])
    return path[::-1]


def _place(cell: Cell) -> tuple[float, float]:
    return cell[1] * GRID_MM, cell[2] * GRID_MM


def route(
    size_mm: tuple[float, float],
    pads: list[BoardPad],
    first: Sequence[str],
    last: str,
    clearances_mm: Mapping[str, float],
) -> RoutingGrid:
    """Route every net with two pads or more, short ones before long ones.

    `first` are nets known to need an early start, `last` is the one the others come before,
    `clearances_mm` what some keep free around them, where it is more than the usual.

    Raises
    ------
    NoWayError
        some net found no way in any order tried
    """
    nets = sorted({pad.net for pad in pads if pad.net}, key=lambda net: (_length(net, pads), net))
    order = [net for net in nets if sum(pad.net == net for pad in pads) > 1 and net != last]
    order = [*first, *(net for net in order if net not in first)]
    failed = ""
    for _ in range(_TRIES):
        board = RoutingGrid(*size_mm, pads, clearances_mm)
        failed = next((net for net in [*order, last] if not board.connect(net)), "")
        if not failed:
            return board
        order = (
            [failed, *(net for net in order if net != failed)] if failed != last else order[::-1]
        )
    raise NoWayError(f"no way for net {failed}: move parts in hardware/pcb/placement.py")


def _length(net: str, pads: list[BoardPad]) -> float:
    mine = [pad for pad in pads if pad.net == net]
    xs, ys = [pad.x_mm for pad in mine], [pad.y_mm for pad in mine]
    return max(xs) - min(xs) + max(ys) - min(ys)
