"""Several follow-ups moved to another day at once."""
