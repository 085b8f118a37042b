"""Relations between companies: which is partner, supplier or parent of which."""
