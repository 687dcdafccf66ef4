"""Drivers of chips. Each takes its bus from outside and is a `Source` for `sampler`."""
