"""Simulated people: two bodies, how they influence each other, and the truth of both.

Rule of this room: physiology in true time; sensors, clocks and radio come later.

Start reading at `influence`, then `bodies`; `regimes` spans coregulation and codysregulation.
"""
