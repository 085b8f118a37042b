"""Customers, their contact persons, and the log of what happened with them."""
