"""What customers write to us: the ways in, whom a sender belongs to, and what a message that came sets off."""
