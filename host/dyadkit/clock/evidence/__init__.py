"""Evidence: what packets say about two clocks, before anything is estimated.

Rule of this room: each estimator reads packets alone, and knows nothing of the others' answers but
a first guess of the offset.

Start reading at `contact`, which makes one-way packets of exchanges. `envelope`, `lattice` and
`turnaround` read offsets from them in three independent ways; `series` brings these to one form.
"""
