SELECT l.place, NULL::text AS name FROM {lines} l
WHERE l.error IS NULL AND starts_with(l.number, '#' || left(l.content, 16) || '-')
