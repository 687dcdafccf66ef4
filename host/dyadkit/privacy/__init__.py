"""Privacy: what people may ask of their recordings once these are stored.

Locked under a passphrase, deleted with a record of it (one person's half as well as all), marked as
withdrawn. Each of these leaves the session as it was or as it was asked to be, whenever the program
or the computer dies.

Rules of this room: it alone deletes or replaces what was recorded, and only when asked to by name;
every removal is recorded; no network.

Start reading at `locking`, then `rewriting` and `purging`; `consent` says who withdrew, `codes`
which codes are no codes.
"""
