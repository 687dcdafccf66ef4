"""Tables of a session's page: what papers print of conditions, reactivity and epochs.

Rule of this room: cells of `analysis.tables` in words; nothing is computed and nothing claimed.
"""
