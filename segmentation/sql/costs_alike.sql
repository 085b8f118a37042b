-- Of the rows of a file from `first` to `last`: how many rows before each say the same.
SELECT row_no, before FROM (
    SELECT row_no, (row_number() OVER (PARTITION BY data ORDER BY row_no) - 1)::int AS before
    FROM {table}
    WHERE read AND data IN (SELECT data FROM {table} WHERE read AND row_no BETWEEN %(first)s AND %(last)s)
) alike
WHERE row_no BETWEEN %(first)s AND %(last)s;
