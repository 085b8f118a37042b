"""A customer's own plan instead of the default one."""
