"""Addresses of the REST API; what they lead to is contributed by the apps."""
