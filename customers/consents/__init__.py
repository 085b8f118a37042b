"""Who agreed to be written to and who refused, and how that is known."""
