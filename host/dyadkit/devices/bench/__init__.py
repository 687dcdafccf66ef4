"""Bench measurements of boards: a wire between them instead of people.

Rule of this room: it reads a session that was recorded as any other, so that what is measured is
what users get. Start reading at `bringup_steps`, the table of what new boards must show, then
`bringup.walk`; `clock_bench.measure` is the one that judges the clock map.
"""
