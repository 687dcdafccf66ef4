"""Recordings made with other devices."""
