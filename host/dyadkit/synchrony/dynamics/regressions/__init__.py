"""Regressions of the field on dyads: derivative regression (GLLA) and inertia–coordination.

Rule of this room: the numbers are those of the published packages, with their known bias said in
each docstring; conclusions come from `oscillator`. Start reading at `longform`, the table of both.
"""
