-- Rows that would name something again that isn't there any more.
SELECT r.row_id FROM intake_importedrow r
WHERE r.job_id = %(job)s AND r.what = %(what)s AND (%(all)s OR r.row_id = ANY(%(ids)s))
  AND r.before ->> '{column}' IS NOT NULL
  AND NOT EXISTS (SELECT FROM {table} x WHERE x.id = (r.before ->> '{column}')::bigint);
