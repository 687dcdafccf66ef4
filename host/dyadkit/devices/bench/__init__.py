"""Boards measured on a bench, with a wire between them instead of people."""
