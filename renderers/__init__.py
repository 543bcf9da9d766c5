"""Turning a checked graph into pictures and text."""
