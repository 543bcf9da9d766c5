"""Pieces of a drawing about their spines: closed boxes, frames, circles, strips, their words."""
