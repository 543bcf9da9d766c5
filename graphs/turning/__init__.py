"""The edits that make one graph of another: proposed, tried, and verified."""
