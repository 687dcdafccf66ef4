"""Simulated and replayed recordings: virtual wearables on the path that users' data take.

Start reading at `simulated.record_pair`; `replay` plays other devices' recordings at virtual
sensors.

Rule of this room: between the sensors and the file, all is the code that real wearables and users
run; only sensors, radio, clocks and people are not. A simulated session says so, a replayed one
what it is a replay of.
"""
