"""The recorder behind a live page: a process of its own, which holds the radio and the file.

Rules of this folder: nothing that a page, a server or the live view does ends a recording; a mark
is on disk before anybody is told of it; the limits are those by which a session is judged.

`desk` joins a recording with its readers, `station` does what comes before and after it too,
`sources` are where wearables come from, `replay` plays what was recorded. `lights` says how each
person is, `view` puts all of it into one message.
"""
