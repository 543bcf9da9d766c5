"""Going on from a prompt: which part is stepped, what is chosen next."""
