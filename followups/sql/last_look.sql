-- The last look, if it is of this database: where a backup was restored, its row was written by another transaction
-- than it says, and numbers of transactions mean nothing.
SELECT seen_below, rules, people, day, whole_on
FROM followups_planlook WHERE xmin::text::bigint = mod(written_by, 4294967296);
