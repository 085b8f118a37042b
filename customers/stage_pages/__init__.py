"""Moving a customer into another stage, or pausing the contact, by hand."""
