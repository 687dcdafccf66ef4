"""Analysis of one session: what is found in it, and what may be said of that.

Rule of this room: it joins `signals` and `synchrony`; it decides what may be said and draws
nothing.

Start reading at `whole.analyze`; `findings.Findings` is what reports and files are made from.
"""
