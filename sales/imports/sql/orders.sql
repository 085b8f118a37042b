-- The first line says who and how, the earliest time counts, the exact sum is rounded once.
CREATE UNLOGGED TABLE {orders} AS
WITH sums AS (
    SELECT number, min(row_no) AS first_row, min(row_no) FILTER (WHERE customer_no IS NOT NULL) AS customer_row,
           min(customer_no COLLATE "C") AS lowest_no, max(customer_no COLLATE "C") AS highest_no,
           min(phone_key COLLATE "C") AS phone_key, max(phone_key COLLATE "C") AS other_phone,
           min(email_key COLLATE "C") AS email_key, max(email_key COLLATE "C") AS other_email,
           min(status COLLATE "C") AS status, max(status COLLATE "C") AS other_status,
           min(ordered_at) AS ordered_at, min(ordered_on) AS ordered_on, max(ordered_on) AS last_on,
           sum(amount) AS exact,
           md5(string_agg(content, '' ORDER BY content)) AS content
    FROM {lines} WHERE error IS NULL GROUP BY number
), totals AS (
    SELECT s.*, f.payment_method, f.channel, f.region, c.customer_no,
           CASE WHEN s.status <> %(refunded)s THEN s.status WHEN s.status IS NOT NULL THEN
                CASE WHEN s.exact < 0 THEN %(state_completed)s ELSE %(state_cancelled)s END END AS state,
           round(s.exact * 10::numeric ^ %(digits)s) AS total, COALESCE(r.rate, 1) AS rate
    FROM sums s
    JOIN {lines} f ON f.row_no = s.first_row
    LEFT JOIN {lines} c ON c.row_no = s.customer_row
    LEFT JOIN sales_exchangerate r ON %(foreign)s AND r.code = %(currency)s AND r.date = s.ordered_on
)
SELECT row_number() OVER (ORDER BY customer_no NULLS LAST, ordered_at, number) AS seq,
       number, customer_no, CASE WHEN lowest_no <> highest_no THEN
           CASE WHEN lowest_no = customer_no THEN highest_no ELSE lowest_no END END AS other_customer,
       CASE WHEN customer_no IS NULL THEN COALESCE(phone_key, email_key) END AS who, email_key,
       CASE WHEN customer_no IS NULL THEN COALESCE(substr(NULLIF(other_phone, phone_key), 3),
           CASE WHEN phone_key IS NULL THEN substr(NULLIF(other_email, email_key), 3) END) END AS other_who,
       state, status, NULLIF(other_status, status) AS other_status,
       ordered_at, ordered_on, last_on, payment_method, channel, region, total, rate,
       round(total * rate * 10::numeric ^ (%(into_digits)s - %(digits)s)) AS amount,
       encode(sha256(convert_to(concat_ws('|', content, COALESCE(customer_no, phone_key, email_key),
           %(currency)s::text, extract(epoch FROM ordered_at), total, payment_method, channel, region,
           'state ' || state), 'UTF8')), 'hex') AS hash,
       'new'::text AS action, NULL::bigint AS order_id, false AS by_who
FROM totals;
CREATE UNIQUE INDEX ON {orders} (seq);
CREATE INDEX ON {orders} (number);
ANALYZE {orders};
