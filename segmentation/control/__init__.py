"""Customers compared with others who were left out: what a tier's plan changes, with its uncertainty."""
