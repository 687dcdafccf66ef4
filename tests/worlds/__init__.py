"""Worlds: families of people, from physiology, in whom the tests of synchrony must hold.

No generator of the product or of its scorers makes them, and no two share a mechanism. The families
of `known` may be looked at while methods are tuned; those of `held` only for the final tables: a
test holds the hash of that file. `people` is what all families share, `ties` what can bind two of
them (echoes, a shared schedule), `arousal` slow dynamics with known variance ratios.
"""
