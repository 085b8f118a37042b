"""Saved views: lists as people want to find them again, under a name."""
