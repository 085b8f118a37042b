"""What to ask in a contact, as settings: by method, kind of customer, tier and stage."""
