"""Small Linears as neurons and weighted lines, large ones as matrices."""
