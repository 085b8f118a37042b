"""Follow-ups that lie too long: told to the lead, to the manager, and proposed to somebody else."""
