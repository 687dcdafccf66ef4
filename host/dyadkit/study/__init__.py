"""Studies of many sessions under one plan: one dyad over weeks, or many dyads.

Rules of this room: each session is analysed by itself, as by `dyadkit.analyze`; change over
sessions is tested on what was found in each. A session that cannot tell a measure is NaN, never 0.

Start reading at `weeks.over_weeks` for one dyad; for many at `plan.reading.read_study`, then
`run.running.run` and `whole_report.report`. `answers` holds the questions that can be asked.
"""
