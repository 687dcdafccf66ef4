"""Record two people's autonomic physiology on one clock; measure how they move together."""

__version__ = "0.1.0"
