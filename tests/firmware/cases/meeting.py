"""When a wearable asks its partner for the time."""

from wearable import partner as module
from wearable.partner import PartnerSync

DAY_MS = 86_400_000
LOOK_MS = 5_000


class Time:
    """Milliseconds that wrap as on the board."""

    def __init__(self):
        self.true_ms = 0

    def ticks_ms(self):
        return self.true_ms & ((1 << 30) - 1)

    def ticks_diff(self, later, sooner):
        return ((later - sooner + (1 << 29)) & ((1 << 30) - 1)) - (1 << 29)


class BootState:
    partner = b"\x02" * 6


def recording_alone(address):
    return PartnerSync(None, address, BootState, None, None, lambda: True)


def looks_until_time(partner, most=1000):
    for look in range(1, most):
        module.time.true_ms += LOOK_MS
        partner.let_pass(LOOK_MS)
        if partner._is_time():
            return look
    return None


def test_the_lower_address_asks_at_once_and_the_other_after_a_quarter_of_an_hour():
    module.time = Time()
    assert looks_until_time(recording_alone(b"\x01" * 6)) == 1
    assert looks_until_time(recording_alone(b"\x03" * 6)) == 181


def test_a_week_of_rest_puts_no_meeting_off():
    module.time = Time()
    lower = recording_alone(b"\x01" * 6)
    higher = recording_alone(b"\x03" * 6)
    higher.was_asked()
    module.time.true_ms += 7 * DAY_MS
    assert looks_until_time(lower) == 1
    assert looks_until_time(higher) <= 181
