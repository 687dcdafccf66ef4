"""The wing's circuit board: placement, routing, and what KiCad makes of both."""
