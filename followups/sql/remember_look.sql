DELETE FROM followups_planlook;
INSERT INTO followups_planlook (id, seen_below, written_by, rules, people, day, whole_on)
VALUES (1, %(seen_below)s, pg_current_xact_id()::text::bigint, %(rules)s, %(people)s::jsonb, %(day)s, %(whole_on)s);
