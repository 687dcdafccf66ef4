"""The clock while a session runs: the same evidence, nothing from the future.

Rule of this room: an answer uses only what came before the reading it places. Only a boot number
that two power-ons turn out to share becomes unknown as a whole.

Start reading at `live_clock.LiveClock`; `causal` replays a log through it.
"""
