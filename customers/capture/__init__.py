"""Capture forms: pages on which strangers register, kept in Settings, and the list of what they sent."""
