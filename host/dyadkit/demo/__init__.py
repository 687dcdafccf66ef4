"""Simulated and replayed recordings: virtual wearables on the path that users' data take.

Start reading at `simulated.record_pair`; `replay` plays other devices' recordings at virtual
sensors.
"""
