"""The clock while a session runs: the same evidence, nothing from the future.

Start reading at `live_clock.LiveClock`; `causal` replays a log through it.
"""
