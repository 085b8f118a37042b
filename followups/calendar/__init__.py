"""The calendar of follow-ups, its subscription for other programs, and its settings."""
