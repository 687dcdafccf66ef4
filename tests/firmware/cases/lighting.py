"""Light and contact: the finger decides, at most each ten seconds."""

from array import array

from wearable.sensors.light import MAX_MICROAMPERES, POLL_MICROAMPERES, Light, fitting

RED, INFRARED = 0, 1
ADULT, INFANT = MAX_MICROAMPERES["adult"], MAX_MICROAMPERES["infant"]


def seen(red, infrared):
    return array("i", (red, infrared))


def shone(light, per_microampere):
    """What the sensor sees where skin gives so many counts for a microampere."""
    return array("i", [min(262143, int(per_microampere * c)) for c in light.currents])


def test_a_usual_finger_changes_nothing():
    light = Light(2, INFRARED, 6200, ADULT)
    assert not any(light.look(seen(90_000, 120_000)) for _ in range(60))
    assert light.currents == [6200, 6200]


def test_the_first_change_comes_after_three_seconds_the_next_after_ten():
    light = Light(2, INFRARED, 6200, ADULT)
    changed = [second for second in range(30) if light.look(seen(45_000, 45_000))]
    assert changed == [2, 12]


def test_any_skin_comes_into_the_range_and_stays_there():
    for counts in (2, 3, 5, 9, 19, 40):
        light = Light(2, INFRARED, 6200, ADULT)
        for _ in range(60):
            light.look(shone(light, counts))
        for index, level in enumerate(shone(light, counts)):
            current = light.currents[index]
            assert 52_000 <= level <= 223_000 or current == ADULT, (counts, level)
        assert not any(light.look(shone(light, counts)) for _ in range(30))


def test_a_saturated_sensor_halves_the_light():
    assert fitting(6200, 262143, ADULT) == 3000
    assert fitting(200, 262143, ADULT) == 200


def test_currents_are_steps_of_200_and_bounded():
    for level in range(1, 262144, 997):
        current = fitting(6200, level, ADULT)
        assert current % 200 == 0
        assert 200 <= current <= ADULT


def test_no_light_on_an_infant_is_ever_brighter_than_its_cap():
    light = Light(2, INFRARED, 20_000, INFANT)
    assert light.currents == [INFANT, INFANT]
    for second in range(120):
        light.look(seen(9_000, 9_000) if second % 40 else seen(0, 0))
        assert max(light.currents) <= INFANT


def test_without_a_finger_only_a_little_infrared_shines():
    light = Light(2, INFRARED, 6200, ADULT)
    assert [light.look(seen(900, 1500)) for _ in range(3)] == [False, True, False]
    assert not light.is_in_contact
    assert light.currents == [0, POLL_MICROAMPERES]


def test_a_finger_is_found_by_the_little_light_and_gets_its_own_back():
    light = Light(2, INFRARED, 6200, ADULT)
    for _ in range(5):
        light.look(shone(light, 3))
    own = list(light.currents)
    for _ in range(9):
        light.look(shone(light, 0.3))
    assert not light.is_in_contact
    assert light.look(shone(light, 15))
    assert light.is_in_contact
    assert light.currents == own


def test_one_dark_second_is_not_a_lost_finger():
    light = Light(2, INFRARED, 6200, ADULT)
    for _ in range(20):
        light.look(seen(900, 1500))
        assert light.is_in_contact
        light.look(seen(90_000, 120_000))


def test_a_finger_that_leaves_at_any_moment_of_a_second_never_brightens_the_light():
    for tenths in range(11):
        light = Light(2, INFRARED, 6200, ADULT)
        for _ in range(30):
            light.look(seen(90_000, 120_000))
        light.look(seen(9_000 * tenths + 900, 12_000 * tenths + 1500))  # there for so many tenths
        for _ in range(3):
            assert max(light.currents) <= 6200, tenths
            light.look(shone(light, 0.3))
        assert light.currents == [0, POLL_MICROAMPERES], tenths
