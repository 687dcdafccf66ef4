"""The clamp against static charge in numbers, of the PESD5V0L2BT.

From its data sheet: 5 V stand-off, 26 V at 15 A of an 8/20 us pulse. A shorter pulse heats it less,
so that its true resistance to a discharge is smaller than this.
"""

FIRST_V = 7.5
DYNAMIC_OHM = round((26 - FIRST_V) / 15, 3)
FARAD = 75e-12
