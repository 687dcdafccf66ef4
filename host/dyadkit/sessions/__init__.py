"""Stored sessions, read: from a file to a Dyad, an overview, and whether it is usable.

Rules of this room: it reads and never records; what a session is said to be follows from its
frames.

Start reading at `loading.load`; `overview` is what `dyadkit info` shows, `usability` the one rule
for good, usable and not usable, `sync_log` what the frames say about time.
"""
