"""How often customers buy: when the next purchase is expected, and how long a second one takes to come."""
