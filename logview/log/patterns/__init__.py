"""Templates: which lines are the same but for their values, and what a log has that others lack."""
