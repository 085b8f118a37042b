"""A company as one file: the database's dump, the uploaded files, and what a restore needs to know of both."""
