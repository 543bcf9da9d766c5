"""What a drawing is of: what is open, what stands in series and side by side, what copies share."""
