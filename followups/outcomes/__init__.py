"""What activities led to: counted at night, and shown on Manage › Follow-up effect."""
