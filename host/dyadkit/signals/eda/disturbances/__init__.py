"""Disturbances of skin conductance: what a recording holds that is not the skin's.

Start reading at `artefact`, which says what is wrong with each sample: `contact` by its value,
`spikes` where it leaves and returns too fast, `steps` where an electrode came to lie elsewhere,
and itself where conductance changes too fast and no response explains it. `ripple` is a regular
wave, which spoils no sample and is no response, either; `doubt` says which responses begin too
near to any of this to count.
"""
