"""Runs before `main.py`: nothing here may fail, so nothing is here yet."""
