"""Segments: saved conditions on customers, nested as people say them, whose customers are looked up when asked for."""
