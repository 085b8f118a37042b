-- What the rows show after they were written; those that came out as they were need no way back.
DELETE FROM intake_importedrow r USING {table} t
WHERE r.job_id = %(job)s AND r.what = %(what)s AND r.row_id = ANY(%(ids)s) AND t.id = r.row_id
  AND r.before = {image};
UPDATE intake_importedrow r SET mark = {mark} FROM {table} t
WHERE r.job_id = %(job)s AND r.what = %(what)s AND r.row_id = ANY(%(ids)s) AND t.id = r.row_id AND r.mark <> {mark};
