-- Some columns of a row as they were in an image of it.
UPDATE {table} t SET ({columns}) = (
    SELECT {r.columns} FROM jsonb_populate_record(NULL::{table}, %(image)s) r
)
WHERE t.{key} = %(id)s;
