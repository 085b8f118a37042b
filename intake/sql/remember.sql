-- What a row was before an import wrote it (NULL: it wasn't there), and what marks its present state.
INSERT INTO intake_importedrow (job_id, what, row_id, before, mark)
SELECT %(job)s, %(what)s, t.id, {image}, {mark} FROM {table} t WHERE t.id = ANY(%(ids)s)
ON CONFLICT (job_id, what, row_id) DO UPDATE SET mark = excluded.mark;
