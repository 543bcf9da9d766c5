"""Architectures compared: words, tables, drawings, behaviour, edits."""
