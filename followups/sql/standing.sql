-- Where the database stands: every transaction below this number is over. And the people who work here.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (SELECT COALESCE(jsonb_object_agg(id, time_zone), '{}'::jsonb) FROM accounts_user WHERE is_active);
