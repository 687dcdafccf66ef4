"""Bytes to arrays: frames become messages, messages become samples, in each wearable's own time.

Rules of this room: bytes in, arrays out; no clock, no file, no radio. Bad bytes are normal: they
are counted, never raised. One decoder serves live view, replay, tests and demo.

Start reading at `decode.decode`, which makes a wearable's frames `Decoded`: a `Run` of samples for
each stream and boot, and messages by kind. `messages.message_of` is the door that every frame
passes, `samples` unpacks blocks, `conductance` is the one formula from voltages to µS.
"""
