"""Several graphs side by side, what differs marked."""
