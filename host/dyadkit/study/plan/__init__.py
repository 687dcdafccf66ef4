"""Plan of a study: what `study.toml` and the table of sessions say, checked line by line.

Rule of this room: every choice has a name, a kind and a default in `schema`; a fault says its line,
and what was probably meant. Nothing is computed here but hashes.

Start reading at `reading.read_study`; `choices.StudyPlan` is what it gives.
"""
