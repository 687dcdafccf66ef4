"""Sessions as they go on, for programs and people who watch.

Rules of this room: it shows what others know and computes nothing twice; it holds no radio, and
nothing that happens in it ends a recording.

`lsl` plays a session through outlets of the Lab Streaming Layer.
"""
