"""Paradigm kits: what laboratories do with two people, rehearsed before anyone comes.

A kit is people of the right ages, stages with marks, a sensor that comes off, the one question that
is declared, and papers: plan, mark keys, a sheet for research assistants. `rehearse` draws people
in whom the kit's effect is there, or strangers in whom nothing is.

Start reading at `kits.KITS`.
"""

from dyadkit.demo.paradigms.kit import Kit, Paradigm
from dyadkit.demo.paradigms.kits import KITS
from dyadkit.demo.paradigms.papers import write_papers
from dyadkit.demo.paradigms.rehearsal import Truth, paired, rehearse

__all__ = ["KITS", "Kit", "Paradigm", "Truth", "paired", "rehearse", "write_papers"]
