"""`/settings/numbers/`: the numbers that the company sets itself, each with its history."""
