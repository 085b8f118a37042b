"""Tiers set by hand: the form, the card on a customer's page, the list of all of them, and who is told of their end."""
