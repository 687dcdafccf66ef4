"""The skin-conductance front end's constants, kept in flash as the frame that carries them."""

from dyadwire import frames, messages

FILE = "calibration.frame"
NEVER = messages.Calibration(0, 0, 0, 0, 0)


def load() -> "messages.Calibration":
    """The constants in flash; `NEVER` where there are none or they are damaged."""
    try:
        with open(FILE, "rb") as file:
            found = frames.FrameReader().feed(file.read())
    except OSError:
        return NEVER
    if not found or frames.kind_of(found[0]) != messages.Calibration.KIND:
        return NEVER
    return messages.unpack(messages.Calibration.KIND, frames.payload_of(found[0])) or NEVER


def save(calibration: "messages.Calibration") -> None:
    """Keep the constants from now on."""
    with open(FILE, "wb") as file:
        file.write(frames.frame(calibration.KIND, messages.pack(calibration)))
