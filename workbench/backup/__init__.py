"""`/settings/backup/`: when backups are made, and how the last ones went."""
