"""LED current control of the PPG sensor, and contact detection. Integers only.

Asked once a second. With a finger each light is kept so that the sensor sees a fifth to 85 % of its
range; a change disturbs the signal, so there is at most one in ten seconds. It gets brighter only
after two dim seconds: the first may be the one in which the finger left. Without a finger only
infrared shines, at an eighth of its usual current, until something reflects it.
"""

from micropython import const

from wearable.sensors.fifo import FULL_SCALE

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from array import array

CURRENT_STEP = 200  # microamperes of one step of the register
MAX_MICROAMPERES = {"adult": 20_000, "child": 10_000, "infant": 6_200}
"""No light is ever brighter, by who wears it (hardware/SAFETY.md): infants' skin is thinnest."""
POLL_MICROAMPERES = 800
_CHANGE_EACH_S = const(10)
_FIRST_CHANGE_AFTER_S = const(3)
_LOST_AFTER_S = const(2)
_DIM_FOR_S = const(2)

TARGET = FULL_SCALE // 2
MIN_LEVEL = FULL_SCALE // 5
MAX_LEVEL = FULL_SCALE * 85 // 100
_LOST_BELOW = const(1)  # counts for a microampere; a finger gives 5 to 40, air 0.3
_MADE_ABOVE = const(2)


class Light:
    """The controller of all LED currents; `infrared` says which of them tells of contact.

    No current ever exceeds `max_microamperes`, the first one included.
    """

    def __init__(
        self, lights: int, infrared: int, microamperes: int, max_microamperes: int
    ) -> None:
        self.is_in_contact = True
        self._max = max_microamperes
        microamperes = max(CURRENT_STEP, min(microamperes, max_microamperes))
        self.currents = [microamperes // CURRENT_STEP * CURRENT_STEP] * lights
        self._infrared = infrared
        self._usual = list(self.currents)
        self._dark_s = self._dim_s = 0
        self._steady_s = _CHANGE_EACH_S - _FIRST_CHANGE_AFTER_S

    def look(self, levels: "array[int]") -> bool:
        """Judge what the sensor saw in the last second; whether currents or contact changed."""
        infrared = levels[self._infrared]
        current = self.currents[self._infrared]
        if not self.is_in_contact:
            return infrared >= _MADE_ABOVE * current and self._make_contact()
        if infrared < _LOST_BELOW * current:
            self._dark_s += 1
            return self._dark_s >= _LOST_AFTER_S and self._lose_contact()
        self._dark_s = 0
        self._dim_s = self._dim_s + 1 if min(levels) < MIN_LEVEL else 0
        self._steady_s += 1
        return self._steady_s >= _CHANGE_EACH_S and self._adjust(levels)

    def _make_contact(self) -> bool:
        self.is_in_contact = True
        self.currents = list(self._usual)
        self._dark_s = self._dim_s = 0
        self._steady_s = _CHANGE_EACH_S - _FIRST_CHANGE_AFTER_S
        return True

    def _lose_contact(self) -> bool:
        self.is_in_contact = False
        self._usual = self.currents
        self.currents = [0] * len(self._usual)
        self.currents[self._infrared] = POLL_MICROAMPERES
        return True

    def _adjust(self, levels: "array[int]") -> bool:
        wanted = [
            fitting(current, levels[index], self._max)
            for index, current in enumerate(self.currents)
        ]
        if wanted == self.currents or 0 < self._dim_s < _DIM_FOR_S:
            return False
        self.currents = wanted
        self._steady_s = 0
        return True


def fitting(current: int, level: int, max_microamperes: int) -> int:
    """Current at which `level` would lie in the middle, as bright as may be; the same if fine."""
    if MIN_LEVEL <= level <= MAX_LEVEL:
        return current
    if level >= FULL_SCALE:
        current //= 2
    else:
        current = current * min(TARGET * 64 // max(level, 1), 256) // 64
    return max(CURRENT_STEP, min(current, max_microamperes) // CURRENT_STEP * CURRENT_STEP)
