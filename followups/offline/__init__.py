"""Keben without a network: the app on the home screen, the empty log form, and visits that arrive sealed."""
