"""The wrist case as code."""
