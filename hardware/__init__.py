"""The wearable as code: parts, circuit, simulation, board, enclosure, calibration."""
