"""One wearable, or this computer, outside of a recording: found, paired, calibrated, updated.

Rules of this room: it greets one wearable at a time through `links.conversation`, never writes a
session, and says what to do next where something is missing.

Start reading at `discovery`; `doctor` looks at the computer, `health` at what a wearable reported
of itself, `calibration` and `calibration_jig` at its skin-conductance front end, and `bench`
measures boards with a wire.
"""
