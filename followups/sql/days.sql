-- The coming days with the working day each moves to, and the working days that late tasks are dealt out over: the
-- company's, and under their ids those of people who work otherwise. And the first days back after days off.
DELETE FROM plan_days;
INSERT INTO plan_days (day, work)
SELECT * FROM unnest(%(days)s::date[], %(works)s::date[]) AS t(day, work);
DELETE FROM plan_own_days;
INSERT INTO plan_own_days (person_id, day, work, early, away)
SELECT * FROM unnest(%(people)s::bigint[], %(own_days)s::date[], %(own_works)s::date[], %(earlies)s::date[],
                     %(aways)s::date[]) AS t(person_id, day, work, early, away);
DELETE FROM plan_workdays;
INSERT INTO plan_workdays (person_id, place, day)
SELECT * FROM unnest(%(workers)s::bigint[], %(places)s::int[], %(working_days)s::date[]) AS t(person_id, place, day);
DELETE FROM plan_returns;
INSERT INTO plan_returns (person_id, day, since)
SELECT * FROM unnest(%(returning)s::bigint[], %(returns)s::date[], %(off_since)s::date[]) AS t(person_id, day, since);
ANALYZE plan_days;
ANALYZE plan_own_days;
ANALYZE plan_workdays;
