-- Of the run just added up: customers, scored, yellow and red.
SELECT COALESCE(sum(customers), 0)::int, COALESCE(sum(scored), 0)::int, COALESCE(sum(warned - red), 0)::int,
       COALESCE(sum(red), 0)::int
FROM night_sums;
