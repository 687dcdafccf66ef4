"""Two bodies as far as they are known while they are recorded.

Rules of this folder: what arrives at the session file arrives here; every number is one that
`signals`, `clock` or `synchrony` gives for what has come so far; what is decided is never taken
back, and what is not known is NaN.

Start reading at `follower`, which takes the messages of a session file. `timing` says when a
sample was taken, `pulse` and `skin` read a stretch of samples, `person` keeps all of one wearable,
`pair` their coupling, `drawn` what is drawn of it.
"""
