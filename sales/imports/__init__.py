"""Order lines brought in from files."""
