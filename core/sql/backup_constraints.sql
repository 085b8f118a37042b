SELECT
    (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
    ARRAY(
        SELECT conname::text FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND NOT convalidated
        UNION ALL
        SELECT relname::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relnamespace = 'public'::regnamespace AND NOT indisvalid
    )
