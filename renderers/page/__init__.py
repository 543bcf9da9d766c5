"""A drawing as one HTML page in which boxes open and close."""
