"""Recordings of two wearables: the only room that writes sessions from wearables.

Rules of this room: what was received goes to the file before it is looked at; nothing is
acknowledged that is not on disk; each wearable fails alone.

Start reading at `session.record`, then `wearable.Capture`: one wearable during a session, and
`backfill`, which fetches what the radio missed. `pull` fetches what wearables recorded on their
own, `completion` what a session lacks.
"""
