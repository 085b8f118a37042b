"""The log of a contact: the form, what it offers, and taking an entry back."""
