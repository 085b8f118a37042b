"""Scores, tiers and churn warnings, reckoned each night."""
