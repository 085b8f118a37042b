"""The audit log, as a list that can be narrowed and exported."""
