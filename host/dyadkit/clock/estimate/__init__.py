"""Estimation: from evidence to a clock map, after the session.

Rule of this room: every constant is an assumption about links or crystals in general, with where it
comes from; none is fitted to a recording.

Start reading at `offline.solve`; `smoother` holds the Kalman filter, `robust` and `rates` what it
must not believe, `levels` what cannot be averaged away, `reference_boot`, `stretches` and `chain`
what happens when boards restart.
"""
