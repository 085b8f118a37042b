"""Allocation: rules by which customers without an owner get one."""
