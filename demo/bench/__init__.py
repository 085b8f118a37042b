"""Measures how long pages and acts take and how large pages are."""
