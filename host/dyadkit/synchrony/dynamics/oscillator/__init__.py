"""Coupled, noise-driven oscillators for two people's arousal, by exact maximum likelihood.

Rules of this room: inside, each series is standardised and time counts in radians of the dyad's
dominant oscillation; only `estimates` turns back to seconds and the people's units.

Start reading at `fit.fit_oscillator`; `preparation` makes the series ready, `likelihood` and
`kalman` find the best point, `models` and `hypotheses` compare couplings, `behaviour`, `estimates`
and `regime` say what it means, `checks` whether the model describes the series at all, `course`
how it changes along a session.
"""
