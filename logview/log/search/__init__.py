"""Log search: patterns and passes over pages."""
