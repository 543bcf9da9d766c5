"""Specs that learn the same on equal footing."""
