"""Which products the customers of each tier buy, as of the end of a month, and which are bought by more or by fewer."""
