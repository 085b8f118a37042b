CREATE UNLOGGED TABLE {buyers} AS
SELECT row_number() OVER (ORDER BY who, first_row) AS seq, *, ''::text AS customer_no, ''::text AS reason FROM (
    SELECT o.who, o.email_key, COALESCE(l.customer_name, '') AS customer_name, COALESCE(l.company, '') AS company,
           min(l.row_no) AS first_row
    FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    WHERE o.who IS NOT NULL AND o.action <> 'same' GROUP BY 1, 2, 3, 4) b;
CREATE UNIQUE INDEX ON {buyers} (seq);
