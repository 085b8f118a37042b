"""The list of customers, its filters and its export."""
