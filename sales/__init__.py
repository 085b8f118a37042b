"""Orders, products, revenue and the targets of salespeople."""
