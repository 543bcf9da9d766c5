"""What generation keeps: what is marked to be, how it passes boxes, what is made once."""
