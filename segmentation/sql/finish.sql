-- All of this night is written: its notes go, the days on which its customers are to be computed again stand. Who was
-- noted is still to be counted among those who bought again (cohort_whom.sql) and by channel (arrivals_whom.sql).
INSERT INTO segmentation_tocount (customer_id) SELECT DISTINCT customer_id FROM night_seen ON CONFLICT DO NOTHING;
INSERT INTO segmentation_toarrive (customer_id) SELECT DISTINCT customer_id FROM night_seen ON CONFLICT DO NOTHING;
DELETE FROM segmentation_torate t USING night_seen s WHERE s.id = t.id;
DELETE FROM segmentation_rateon r WHERE %(whole)s OR r."on" <= %(as_of)s;
DELETE FROM segmentation_rateon r USING night_done d WHERE d.customer_id = r.customer_id;
INSERT INTO segmentation_rateon (customer_id, "on")
SELECT customer_id, min(day) FROM night_due GROUP BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET "on" = excluded."on";
DROP TABLE night_seen, night_done, night_due, night_bought, night_facts, night_expected;
