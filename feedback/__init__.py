"""Complaints with their clocks, and surveys of how satisfied customers are."""
