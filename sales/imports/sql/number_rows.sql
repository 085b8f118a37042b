-- Rows without order number are orders of their own: content and the how-manieth of that content in the file.
UPDATE {lines} l SET number = '#' || left(l.content, 16) || '-' || n.nth
FROM (SELECT row_no, row_number() OVER (PARTITION BY content ORDER BY row_no) AS nth
      FROM {lines} WHERE error IS NULL AND number IS NULL) n
WHERE n.row_no = l.row_no;
CREATE INDEX IF NOT EXISTS {lines}_number ON {lines} (number) WHERE error IS NULL;
ANALYZE {lines};
