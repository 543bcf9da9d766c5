"""Running a checked graph on numbers."""
