"""What a user gives, checked against the graph and made arrays."""
