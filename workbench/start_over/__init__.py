"""Emptying a company that was only tried out."""
