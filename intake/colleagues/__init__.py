"""Adding several colleagues at once, typed, pasted or from a file."""
