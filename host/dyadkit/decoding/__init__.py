"""Bytes to arrays: frames become messages, messages become samples, in each wearable's own time.

Rules of this room: bytes in, arrays out; no clock, no file, no radio. Bad bytes are normal: they
are counted, never raised. One decoder serves live view, replay, tests and demo.

Start reading at `decode.decode`; `messages.message_of` is the door that every frame passes.
"""
