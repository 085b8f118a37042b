"""Starts, checks and stops a whole installation. Standard library only: it runs before anything is installed."""
