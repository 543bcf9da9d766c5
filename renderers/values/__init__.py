"""The numbers that a drawing shows: where they come from, and of which moment of a run."""
