"""The tier dashboard and the list of churn warnings."""
