"""What packets say about two clocks, before anything is estimated.

`contact` makes one-way packets of exchanges; `envelope`, `lattice` and `turnaround` read offsets
from them in three independent ways; `series` brings these to one form.
"""
