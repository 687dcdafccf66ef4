"""Two people as coupled, noise-driven oscillators: fitted by exact maximum likelihood.

Start reading at `fit.fit_oscillator`; `preparation` makes the series ready, `likelihood` and
`kalman` find the best point, `models` and `hypotheses` compare couplings, `behaviour`, `estimates`
and `regime` say what it means, `checks` whether the model describes the series at all, `course`
how it changes along a session.
"""
