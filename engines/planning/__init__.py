"""From a graph to steps: what is computed in which order, where it is held, how much it needs."""
