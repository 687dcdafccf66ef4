"""Drivers. Each takes its bus from outside and is a source for `sampler`."""
