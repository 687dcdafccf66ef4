"""Scanning of a session file: intact messages, damage, and what the file says of itself.

`scan` goes over the file through a window, `structure` tells MCAP's own bytes from damage, and
`checksums` keeps files that were made to cost from costing.
"""

from dyadkit.storage.scanning.scan import Damage, FoundMessage, Scan, session_file

__all__ = ["Damage", "FoundMessage", "Scan", "session_file"]
