"""Training: data, the loop, optimisers, checkpoints."""
