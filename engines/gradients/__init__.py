"""The way back through a plan."""
