"""Who bought again: customers by the month or quarter of their first purchase, and how many bought in each since.
And how sales are spread over customers."""
