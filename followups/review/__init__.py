"""The review list of the quarter: customers without a day of their own, looked through one by one or together."""
