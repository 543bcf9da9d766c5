"""What an opened primitive shows: one small figure for each kind of block."""
