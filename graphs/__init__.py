"""Wiring: build, infer widths, check, parameters."""
