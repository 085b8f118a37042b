-- Rows get back what they were; the version goes on, so that an edit that was begun meanwhile is noticed.
UPDATE {table} t SET ({columns}) = (SELECT {p.columns} FROM jsonb_populate_record(t, r.before) p) {stamps}
FROM intake_importedrow r
WHERE r.job_id = %(job)s AND r.what = %(what)s AND r.row_id = ANY(%(ids)s) AND t.id = r.row_id AND r.mark = {mark};
