-- Customers with an order day, those with two or more, and the first order day of all.
SELECT count(x), count(*) FILTER (WHERE x >= 1), min(first_on) FROM night_totals;
