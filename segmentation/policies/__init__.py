"""What customers of a tier or stage are entitled to: privileges they have and offers that may be made to them."""
