"""Running of a study: tasks by what they depend on, done by any executor, kept whole or not at all.

Rules of this room: a task's result depends on its inputs, parameters, the source and a seed, and on
nothing else: its key is the hash of these. Who computes it, when, in which order and how often does
not matter. What is on disk under a key is whole; a task that failed leaves its sentence.

Start reading at `running.run`; `work` is what a worker does, `drive` how workers are kept busy.
"""
