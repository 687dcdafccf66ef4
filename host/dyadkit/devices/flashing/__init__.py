"""Flashing: from a bare board to a wearable, without a compiler.

A board gets the official MicroPython image of its chip and, behind it, a file system with the
compiled firmware and the settings. Start reading at `sequence`, which does one step after the
other; `boards` is the table of boards, `images` judges an image, `filesystem` makes the files,
`chip` speaks through esptool, `recordings` finds what nobody fetched yet, `register` is the lab's
list of wearables.

Rules of this folder: nothing is written before everything is known to fit; what fails is one
sentence that names the step, and the next run begins anew and completes.
"""
