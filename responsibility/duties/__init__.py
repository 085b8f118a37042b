"""Duties in writing: what is asked of each post, in versions, accepted by the people who hold it."""
