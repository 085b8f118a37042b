"""Targets of a person and month: five figures, set on one page."""
