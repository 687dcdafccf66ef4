"""Many sessions under one plan: one dyad over weeks.

Start reading at `weeks.over_weeks`; `visits` analyses the sessions one by one.
"""
