"""The numbers of a model: made at random, written to files and read again."""
