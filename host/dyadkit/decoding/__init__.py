"""Bytes to arrays: frames become messages, messages become samples, in each wearable's own time.

Rule of this room: bytes in, arrays out; no clock, no file, no radio. One decoder serves live view,
replay, tests and demo.

Start reading at `decode.decode`; `messages.message_of` is the door every frame passes.
"""
