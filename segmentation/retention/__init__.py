"""Who stayed and who left over a span: churn and retention rate per tier, owner and channel."""
