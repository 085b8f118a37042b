"""The first steps of a new company."""
