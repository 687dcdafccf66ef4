"""The report: one self-contained page, quality first, every number with its doubt."""

from dyadkit.report.page import render

__all__ = ["render"]
