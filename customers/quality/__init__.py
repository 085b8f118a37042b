"""How good files are: counted when somebody looks, and kept at the end of each month."""
