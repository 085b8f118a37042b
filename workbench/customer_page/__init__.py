"""Everything about one customer on one page, and the sheet for a visit."""
