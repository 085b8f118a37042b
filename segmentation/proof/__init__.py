"""How good the churn warnings were: predictions of past days beside what happened, and the limit that pays."""
