"""The table of default plans: its lines, what comes with the product, its page in Settings and over the API."""
