"""The file for a person about whom something is stored: everything, for who holds the right to hand it out."""
