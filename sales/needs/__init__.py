"""What customers need: heard in a contact, offered, met; a record of its own until it is settled."""
