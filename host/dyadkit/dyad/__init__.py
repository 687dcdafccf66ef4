"""Nouns of the product: arrays, results, and two people's traces and marks on one time line.

Everything above speaks in these types. Rule of this room: nouns only. Nothing here computes an
estimate, and nothing is imported but numpy and the errors.

Start reading at `traces`: `Dyad` holds two `PersonTraces`, which hold a `Trace` for each stream.
"""
