"""What colleagues say about an entry of a customer's history."""
