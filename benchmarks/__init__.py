"""Timings, as ratios to a peer in the same run: they tell, they do not judge."""
