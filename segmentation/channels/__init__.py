"""Which channel brings good customers: how many came by it, who of them bought, what that cost and what they bring."""
