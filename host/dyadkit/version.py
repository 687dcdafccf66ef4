"""The version of dyadkit, apart from everything that has to import something."""

__version__ = "0.1.0"
