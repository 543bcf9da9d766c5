"""Text to ids and back, and what outputs say in words."""
