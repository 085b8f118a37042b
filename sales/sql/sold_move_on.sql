-- Months have passed: the oldest are added up live from now on.
UPDATE sales_soldsince SET month = %(month)s;
DELETE FROM sales_soldshare WHERE month < %(month)s;
DELETE FROM sales_soldsum WHERE month < %(month)s;
