-- The coming days with the working day each moves to, and the working days that late tasks are dealt out over.
DROP TABLE IF EXISTS plan_days, plan_workdays;
CREATE TEMP TABLE plan_days ON COMMIT DROP AS
SELECT * FROM unnest(%(days)s::date[], %(works)s::date[]) AS t(day, work);
CREATE TEMP TABLE plan_workdays ON COMMIT DROP AS
SELECT (place - 1)::int AS place, day FROM unnest(%(working_days)s::date[]) WITH ORDINALITY AS t(day, place);
ANALYZE plan_days;
ANALYZE plan_workdays;
