"""One wearable, or this computer, outside of a recording: found, paired, calibrated, updated.

Rules of this room: it greets one wearable at a time through `links.conversation`, never writes a
session, and says what to do next where something is missing.

Start reading at `discovery`, then `pairing`: who wears what. `field_mode` lets a dyad record
without a host, `firmware_update` sends a wearable its application, `calibration` and
`calibration_jig` find the constants of its skin-conductance front end. `flashing` makes a wearable
of a bare board. `doctor` looks at the computer and `usb_boards` at what is plugged in, `health` at
what a wearable reported of itself, and `bench` measures new boards.
"""
