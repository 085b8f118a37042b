"""Notices to colleagues: their kinds, the inbox, and how they go by mail and other ways."""
