"""Writers of other people's formats, one file a format: each takes a dyad and an empty folder.

Rules of this room: nothing is invented. What was not measured stays empty, times are those of the
session, and what a format cannot say goes into a file beside it.
"""
