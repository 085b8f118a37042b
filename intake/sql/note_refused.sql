UPDATE {table} s SET error = nullif(found.error, '')
FROM unnest(%(rows)s::int[], %(reasons)s::text[]) AS found(row_no, error)
WHERE s.row_no = found.row_no
