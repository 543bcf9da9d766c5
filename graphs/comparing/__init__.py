"""Comparing two graphs: which box is which, what is different, and the words for it."""
