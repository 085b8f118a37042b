"""Files of customers and orders being brought in: by command, or by upload through a worker."""
