-- An earlier import of the same rows finds them as it left them again, and can be taken back too.
UPDATE intake_importedrow o SET mark = {mark}
FROM intake_importedrow r JOIN {table} t ON t.id = r.row_id
WHERE r.job_id = %(job)s AND r.what = %(what)s AND r.row_id = ANY(%(ids)s)
  AND o.what = r.what AND o.row_id = r.row_id AND o.job_id <> r.job_id AND o.mark = r.before ->> 'version';
