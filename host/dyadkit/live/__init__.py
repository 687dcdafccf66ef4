"""Sessions as they go on, for programs and people who watch.

Rules of this room: it shows what others know and computes nothing twice; its server holds no radio,
and nothing that happens in it ends a recording.

`bodies` follows a session file while it is written, `recorder` is the process that records and
tells of it, `door` the local socket between it and `server`, which hands both to `page`, plain
modules of JavaScript without a build. `lsl` plays a session through outlets of the Lab Streaming
Layer.
"""
