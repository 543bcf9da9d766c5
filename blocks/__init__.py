"""Every box: wire types, dims, expressions, the block contract and the catalogue."""
