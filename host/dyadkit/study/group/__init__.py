"""Group inference: what many dyads show together, each question with a test of its own.

Rules of this room: dyads and persons have ids, and what shares one is not independent; a dyad with
more sessions is not more dyads; every claim says what was tested. Estimates of sessions go in,
results come out; no file.

Start reading at `sample.Sample`; `mixed` is the model behind means, covariates and trends, `nulls`
what combines p values, `flips` what exchanges conditions.
"""
