"""synchrony."""
