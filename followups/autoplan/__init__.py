"""A week planned at once: what is proposed is looked at before anything moves."""
