"""The simulated radio: connection events, losses, and both ends' Bluetooth stacks on it.

Rule of this room: bytes over the air in virtual time; what they mean is for others.

Start reading at `quality`, then `air`; `backend` is what bleak sees, `stack` what a wearable sees.
"""
