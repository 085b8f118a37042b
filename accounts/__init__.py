"""People and power: sign-in, roles and grants, row scope, masks and the audit log."""
