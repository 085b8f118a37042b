"""The unassigned pool: its rules in Settings, and who goes back into it when nobody looks after them."""
