"""Signing in at a customer: where somebody is, who is near, and the visit that begins with it."""
