"""Pieces put together: columns, lanes, branches side by side."""
