"""What a graph costs: operations, memory, and the accelerators it may run on."""
