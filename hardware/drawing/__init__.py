"""Drawings a person can build from, made from the design."""
