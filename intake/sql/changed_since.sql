-- Recorded rows that are gone, or that somebody has changed since the import wrote them.
SELECT r.row_id, t.id IS NULL AS gone, {by} AS by_id, {at} AS at
FROM intake_importedrow r LEFT JOIN {table} t ON t.id = r.row_id
WHERE r.job_id = %(job)s AND r.what = %(what)s AND (t.id IS NULL OR r.mark <> {mark})
  AND (%(all)s OR r.row_id = ANY(%(ids)s));
