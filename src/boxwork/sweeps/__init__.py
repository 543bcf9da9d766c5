"""Every combination of some edits, counted and raced, by several workers."""
