"""Hand-overs of many customers: how much each person would have, what was done, and how it is taken back."""
