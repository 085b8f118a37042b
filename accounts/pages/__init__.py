"""Pages in Settings about users, teams, roles, masking and the ways to write to people."""
