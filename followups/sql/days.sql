-- The coming days with the working day each moves to, and the working days that late tasks are dealt out over.
DELETE FROM plan_days;
INSERT INTO plan_days (day, work)
SELECT * FROM unnest(%(days)s::date[], %(works)s::date[]) AS t(day, work);
DELETE FROM plan_workdays;
INSERT INTO plan_workdays (place, day)
SELECT (place - 1)::int AS place, day FROM unnest(%(working_days)s::date[]) WITH ORDINALITY AS t(day, place);
ANALYZE plan_days;
ANALYZE plan_workdays;
