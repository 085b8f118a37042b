"""What the company sets of its scoring: rules of tiers, cut-points, and limits of warnings."""
