"""Customers that may be the same: how they are found, asked about, and made one."""
