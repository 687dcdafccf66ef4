"""One virtual wearable: a MicroPython process with the real firmware, its chips, flash and power.

Rule of this room: it knows one wearable and true time; the radio and other people are elsewhere.
`inside` runs within MicroPython and stands in for the modules and chips of a board.

Start reading at `wearable`, then `power_cycles`, then `lockstep`.
"""
