"""The page of a tier: how often its customers are contacted, what they are entitled to and what may be offered."""
