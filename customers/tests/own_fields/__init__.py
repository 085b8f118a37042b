"""What a company adds to its customers' files."""
