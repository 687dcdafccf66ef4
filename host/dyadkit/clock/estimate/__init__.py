"""From evidence to a clock map: the solution after the session.

Start reading at `offline.solve`; `smoother` holds the Kalman filter, `robust` and `rates` what it
must not believe, `levels` what cannot be averaged away, `reference_boot`, `stretches` and `chain`
what happens when boards restart.
"""
