-- The foreign keys of some tables, as (table, name, definition): who drops them can make them again.
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
ORDER BY oid;
