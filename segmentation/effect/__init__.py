"""Whether tiering works: what became of the customers of each tier, month by month."""
