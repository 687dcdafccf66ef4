"""Bench measurements of boards: a wire between them instead of people.

Rule of this room: it reads a session that was recorded as any other, so that what is measured is
what users get. Start reading at `clock_bench.measure`.
"""
