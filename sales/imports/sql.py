"""The statements of an order import. `{lines}`, `{orders}`, `{people}` are the job's staging tables."""

# A later comparison judges anew; rows that can't be read (they have no content) stay refused.
FORGIVE = "UPDATE {lines} SET error = NULL WHERE error IS NOT NULL AND content IS NOT NULL"

# Rows without order number are orders of their own: content and the how-manieth of that content in the file.
NUMBER_ROWS = """
    UPDATE {lines} l SET number = '#' || left(l.content, 16) || '-' || n.nth
    FROM (SELECT row_no, row_number() OVER (PARTITION BY content ORDER BY row_no) AS nth
          FROM {lines} WHERE error IS NULL AND number IS NULL) n
    WHERE n.row_no = l.row_no
"""

UNNUMBERED = """
    SELECT l.place, NULL::text AS name FROM {lines} l
    WHERE l.error IS NULL AND starts_with(l.number, '#' || left(l.content, 16) || '-')
"""

# An amount beside quantity and price that differs from what the two make.
WRONG_AMOUNTS = """
    WITH judged AS (
        SELECT number, count(*) AS lines, count(given) AS told, min(given) AS lowest, max(given) AS highest
        FROM {lines} WHERE number IN (SELECT number FROM {lines} WHERE given <> amount) GROUP BY number
    ), reasons AS (
        SELECT l.row_no, CASE WHEN j.lines > 1 AND j.told = 1 THEN %(once)s
                              WHEN j.lines > 1 AND j.told = j.lines AND j.lowest = j.highest THEN %(every)s
                              WHEN l.given <> l.amount THEN %(line)s END AS reason,
               round(CASE WHEN j.lines > 1 AND j.told = 1 THEN j.lowest ELSE l.given END, %(digits)s) AS given
        FROM judged j JOIN {lines} l ON l.number = j.number
    )
    UPDATE {lines} l
    SET error = replace(replace(r.reason, '{{amount}}', r.given::text), '{{product}}',
                        round(l.amount, %(digits)s)::text)
    FROM reasons r WHERE r.row_no = l.row_no AND r.reason IS NOT NULL AND l.error IS NULL
"""
# Long numbers that nearly all end in zeros behind their 15th digit were numbers of a spreadsheet.
ROUNDED_NUMBERS = """
    UPDATE {lines} l SET error = replace(%(reason)s, '{{value}}', l.{name})
    WHERE l.error IS NULL AND length(l.{name}) >= 18 AND l.{name} ~ '^[0-9]{{15}}0+$' AND (
        SELECT count(DISTINCT {name}) FILTER (WHERE {name} ~ '^[0-9]{{15}}0+$') * 2 > count(DISTINCT {name})
        FROM {lines} WHERE length({name}) >= 18 AND {name} ~ '^[0-9]+$')
"""
TAKE_ALONG = """
    UPDATE {lines} l SET error = replace(%(reason)s, '{{row}}', bad.place::text)
    FROM (SELECT number, min(place) AS place FROM {lines}
          WHERE error IS NOT NULL AND number IS NOT NULL GROUP BY number) bad
    WHERE bad.number = l.number AND l.error IS NULL
"""

# The first line says who and how, the earliest time counts, the exact sum is rounded once.
ORDERS = """
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
               CASE WHEN s.status <> 'refunded' THEN s.status WHEN s.status IS NOT NULL THEN
                    CASE WHEN s.exact < 0 THEN 'completed' ELSE 'cancelled' END END AS state,
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
    FROM totals
"""

REFUSE = """
    UPDATE {lines} l
    SET error = replace(replace(replace(%(reason)s, '{{number}}', o.number), '{{first}}', {first}::text),
                        '{{last}}', {last}::text)
    FROM {orders} o WHERE o.number = l.number AND l.error IS NULL AND
"""
TWO_CUSTOMERS = "o.other_customer IS NOT NULL"
TWO_BUYERS = "o.other_who IS NOT NULL"
DAYS_APART = "o.last_on > o.ordered_on + 3"
TWO_STATES = "o.other_status IS NOT NULL"
NO_STATE = "o.status IS NULL"
TOO_LARGE = "GREATEST(abs(o.total), abs(o.amount)) > 9000000000000000000"

# How many orders of a batch were found stored.
KNOWN = "SELECT count(order_id) FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s"

# What is stored already: same = nothing to do, changed = its lines are replaced as a whole.
COMPARE = """
    UPDATE {orders} o SET order_id = e.id, action = CASE WHEN e.content_hash = o.hash THEN 'same' ELSE 'changed' END
    FROM sales_order e
    WHERE e.source = %(source)s AND e.number = o.number AND o.seq BETWEEN %(first)s AND %(last)s
"""

# --- orders without customer number ----------------------------------------------------------------------------------
BUYERS = """
    CREATE UNLOGGED TABLE {buyers} AS
    SELECT row_number() OVER (ORDER BY who, first_row) AS seq, *, ''::text AS customer_no, ''::text AS reason FROM (
        SELECT o.who, o.email_key, COALESCE(l.customer_name, '') AS customer_name, COALESCE(l.company, '') AS company,
               min(l.row_no) AS first_row
        FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
        WHERE o.who IS NOT NULL AND o.action <> 'same' GROUP BY 1, 2, 3, 4) b
"""
BUYERS_BATCH = """
    SELECT seq, who, email_key, customer_name, company FROM {buyers} WHERE seq > %s ORDER BY seq LIMIT %s
"""
CUSTOMERS_OF_TOKENS = """
    SELECT t.token, c.id FROM unnest(%s::text[]) AS t(token)
    JOIN customers_customer c ON c.search_tokens @> ARRAY[t.token::varchar] AND c.deleted_at IS NULL
    ORDER BY t.token, c.id
"""
BUYERS_FOUND = """
    UPDATE {buyers} b SET customer_no = f.customer_no, reason = f.reason
    FROM unnest(%s::int[], %s::text[], %s::text[]) AS f(seq, customer_no, reason) WHERE b.seq = f.seq
"""
REFUSE_BUYERS = """
    UPDATE {lines} l SET error = r.reason
    FROM (SELECT o.number, min(b.reason) AS reason
          FROM {buyers} b JOIN {orders} o ON o.who = b.who AND o.email_key IS NOT DISTINCT FROM b.email_key
          JOIN {lines} n ON n.number = o.number AND n.error IS NULL
               AND COALESCE(n.customer_name, '') = b.customer_name AND COALESCE(n.company, '') = b.company
          WHERE b.reason <> '' GROUP BY o.number) r
    WHERE l.number = r.number AND l.error IS NULL
"""
# Who is new stands under a mark until the customer is made and has a number.
NAME_BUYERS = """
    UPDATE {orders} o SET customer_no = COALESCE(f.customer_no, '?' || o.who), by_who = true
    FROM (SELECT who, email_key, max(NULLIF(customer_no, '')) AS customer_no
          FROM {buyers} WHERE reason = '' GROUP BY who, email_key) f
    WHERE f.who = o.who AND f.email_key IS NOT DISTINCT FROM o.email_key AND o.customer_no IS NULL
"""
NUMBERS_GIVEN = """
    UPDATE {orders} o SET customer_no = g.number
    FROM unnest(%s::text[], %s::text[]) AS g(mark, number) WHERE o.by_who AND o.customer_no = g.mark
"""

# Customers that are new with this file, in the order in which the file names them.
PEOPLE = """
    CREATE UNLOGGED TABLE {people} AS
    SELECT row_number() OVER (ORDER BY min(l.row_no)) AS seq, o.customer_no AS number, {attributes},
           max(o.ordered_on) FILTER (WHERE o.total > 0 AND COALESCE(o.state, 'completed') = 'completed') AS bought_on,
           bool_and(o.by_who) AS by_who, min(l.place) AS place, min(l.phone_key) AS phone_key,
           min(l.email_key) AS email_key
    FROM {orders} o
    JOIN {lines} l ON l.number = o.number AND l.error IS NULL AND (l.customer_no = o.customer_no OR o.by_who)
    WHERE o.action <> 'same' AND o.customer_no IS NOT NULL
      AND NOT EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no)
    GROUP BY o.customer_no
"""
FIRST_OF = "(array_agg(l.{name} ORDER BY l.row_no) FILTER (WHERE l.{name} IS NOT NULL))[1] AS {name}"
ATTRIBUTES = ("customer_name", "customer_kind", "company", "phone", "email", "owner_email", "region")

# An uploader reaches only own customers. Orders that are the same already write nothing and refuse nothing.
# (first row, customer, order) of the orders that mean somebody else's customer, or are stored for one.
FOREIGN = """
    SELECT min(l.row_no) AS row_no, c.id, e.id
    FROM {orders} o
    JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    LEFT JOIN customers_customer c ON c.number = o.customer_no AND c.id NOT IN ({reach})
    LEFT JOIN sales_order e ON e.id = o.order_id AND (e.customer_id IS NULL OR e.customer_id NOT IN ({reach}))
    WHERE o.action <> 'same' AND (c.id IS NOT NULL OR e.id IS NOT NULL)
    GROUP BY 2, 3 ORDER BY 1
"""
FROM_ROW = """
    o.action <> 'same' AND
    (SELECT min(r.row_no) FROM {lines} r WHERE r.number = o.number AND r.error IS NULL) >= %s AND
"""
NOT_OWN_CUSTOMER = "NOT EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no AND c.id IN ({reach}))"
NOT_OWN_ORDER = "NOT EXISTS (SELECT FROM sales_order e WHERE e.id = o.order_id AND e.customer_id IN ({reach}))"
FOREIGN_CUSTOMER = """
    o.action <> 'same' AND EXISTS (
        SELECT FROM customers_customer c
        WHERE c.number = o.customer_no AND c.owner_id IS {owner} NULL AND c.id NOT IN ({reach}))
"""
NEW_CUSTOMER = """
    o.action <> 'same' AND o.customer_no IS NOT NULL
    AND NOT EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no)
"""
NEW_CONTACT = NEW_CUSTOMER + " AND l.company IS NOT NULL AND l.customer_name IS NOT NULL"
# What lies in the recycle bin is neither filled nor changed unseen.
BINNED = """
    o.action <> 'same' AND (
        EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no AND c.deleted_at IS NOT NULL)
        OR EXISTS (SELECT FROM sales_order e WHERE e.id = o.order_id AND e.deleted_at IS NOT NULL))
"""
FOREIGN_ORDER = """
    o.action = 'changed' AND EXISTS (
        SELECT FROM sales_order e
        WHERE e.id = o.order_id AND (e.customer_id IS NULL OR e.customer_id NOT IN ({reach})))
"""
# Goods that came back without their purchase would count as a loss.
RETURNED_ALREADY = """
    o.action = 'changed' AND o.state <> 'completed' AND EXISTS (
        SELECT FROM sales_order b
        WHERE b.return_of_id = o.order_id AND b.deleted_at IS NULL AND b.state <> 'cancelled')
"""
# A return that names its purchase: C536365, 536365-R, 退536365.
_PURCHASE_NO = "regexp_replace(o.number, '^(?:C|R|RE|RET|RETURN|T|退)[-_ ]?|[-_ ]?(?:C|R|RET|RETURN|T|退)$', '', 'i')"
BEFORE_PURCHASE = f"""
    o.total < 0 AND o.action <> 'same' AND (
        EXISTS (SELECT FROM {{orders}} p
                WHERE p.number = {_PURCHASE_NO} AND p.number <> o.number AND p.total > 0
                  AND p.customer_no IS NOT DISTINCT FROM o.customer_no AND p.ordered_on > o.ordered_on)
        OR EXISTS (SELECT FROM sales_order p JOIN customers_customer c ON c.id = p.customer_id
                   WHERE p.source = %s AND p.number = {_PURCHASE_NO} AND p.number <> o.number AND p.kind = 'purchase'
                     AND p.deleted_at IS NULL AND c.number = o.customer_no AND p.ordered_on > o.ordered_on))
"""  # noqa: S608 - constants only
DROP_REFUSED = (
    "DELETE FROM {orders} o WHERE NOT EXISTS (SELECT FROM {lines} l WHERE l.number = o.number AND l.error IS NULL)"
)

COUNTS = """
    SELECT count(*) FILTER (WHERE action = 'new' AND total >= 0), count(*) FILTER (WHERE action = 'new' AND total < 0),
           count(*) FILTER (WHERE action = 'changed'), count(*) FILTER (WHERE action = 'same'), COALESCE(max(seq), 0)
    FROM {orders}
"""
ROW_COUNTS = """
    SELECT count(*), count(*) FILTER (WHERE error IS NULL AND customer_no IS NULL
                                      AND number NOT IN (SELECT number FROM {orders} WHERE who IS NOT NULL)),
           count(*) FILTER (WHERE error IS NOT NULL)
    FROM {lines}
"""

# --- what was understood ---------------------------------------------------------------------------------------------
UNDERSTOOD = """
    SELECT sum(total) FILTER (WHERE total > 0 AND counts), sum(total) FILTER (WHERE total < 0 AND counts),
           sum(total) FILTER (WHERE NOT counts), min(ordered_on), max(ordered_on), count(DISTINCT customer_no)
    FROM (SELECT *, COALESCE(state, 'completed') = 'completed' AS counts FROM {orders}) o
"""
STATES = "SELECT state, count(*) FROM {orders} WHERE state IS NOT NULL GROUP BY state ORDER BY state"
ROWS_WITHOUT_CUSTOMER = """
    SELECT l.place, NULL AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    WHERE o.customer_no IS NULL AND o.who IS NULL AND {which}
"""
NAMELESS = "SELECT place, NULL AS name FROM {people} WHERE customer_name IS NULL AND company IS NULL"
# A new customer number beside a phone or address that somebody in reach has already.
TWINS = """
    SELECT p.place, p.number AS name FROM {people} p
    WHERE NOT p.by_who AND num_nonnulls(p.phone_key, p.email_key) > 0 AND EXISTS (
        SELECT FROM customers_customer c
        WHERE c.deleted_at IS NULL AND {within}
          AND c.search_tokens && array_remove(ARRAY[p.phone_key, p.email_key]::varchar[], NULL))
"""
NEW_CHANNELS = """
    SELECT l.place, o.channel AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    WHERE o.action <> 'same' AND o.channel IN (
        SELECT c.channel FROM (SELECT DISTINCT channel FROM {orders}) c WHERE NOT EXISTS (
            SELECT FROM customers_channel h
            WHERE lower(c.channel) IN (lower(h.code), lower(h.name_en), lower(h.name_zh))))
"""
NEW_PRODUCTS = """
    SELECT l.place, l.sku AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    WHERE o.action <> 'same' AND l.sku IS NOT NULL AND NOT EXISTS (SELECT FROM sales_product p WHERE p.sku = l.sku)
"""
# One and the same amount for different goods: perhaps the order's total on each line.
SAME_AMOUNTS = """
    SELECT min(place) AS place, NULL AS name FROM {lines} WHERE error IS NULL
    GROUP BY number HAVING count(*) > 1 AND min(amount) = max(amount) AND min(amount) <> 0
        AND (min(quantity) <> max(quantity) OR min(product) <> max(product) OR min(sku) <> max(sku))
"""

# Its commonest name, its latest price. Products that people keep are left alone but for what they lack.
PRODUCTS = """
    WITH sold AS (
        SELECT l.sku, mode() WITHIN GROUP (ORDER BY l.product) AS name,
               (array_agg(l.unit_price ORDER BY l.ordered_at DESC, l.row_no DESC)
                FILTER (WHERE l.quantity > 0 AND l.unit_price > 0))[1] AS unit_price,
               (array_agg(l.unit_cost ORDER BY l.ordered_at DESC, l.row_no DESC)
                FILTER (WHERE l.unit_cost IS NOT NULL))[1] AS unit_cost
        FROM {lines} l JOIN {orders} o ON o.number = l.number
        WHERE l.sku IS NOT NULL AND l.error IS NULL AND o.action <> 'same'
        GROUP BY l.sku
    )
    INSERT INTO sales_product AS p (sku, name, unit_price, unit_cost, flag, is_active)
    SELECT sku, COALESCE(name, sku), {price}, {price_cost},
           CASE WHEN upper(sku) = ANY(%(fees)s) OR name = ANY(%(fees)s) THEN 'fee'
                WHEN upper(sku) = ANY(%(discounts)s) OR name = ANY(%(discounts)s) THEN 'discount' ELSE '' END, true
    FROM sold ORDER BY sku
    ON CONFLICT (sku) DO UPDATE
    SET name = CASE WHEN p.name = p.sku THEN excluded.name ELSE p.name END,
        unit_price = COALESCE(p.unit_price, excluded.unit_price), unit_cost = COALESCE(p.unit_cost, excluded.unit_cost)
    WHERE (p.name = p.sku AND excluded.name <> p.sku) OR (p.unit_price IS NULL AND excluded.unit_price IS NOT NULL)
       OR (p.unit_cost IS NULL AND excluded.unit_cost IS NOT NULL)
"""
FEES = ("POST", "DOT", "C2", "M", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "运费", "邮费", "手续费", "快递费")
DISCOUNTS = ("D", "DISCOUNT", "折扣", "优惠", "优惠券", "满减")

CHANNELS = "SELECT DISTINCT channel FROM {orders} WHERE channel IS NOT NULL AND action <> 'same'"

# --- one batch of orders ---------------------------------------------------------------------------------------------
_SOURCE_ROWS = """
    FROM {orders} o
    LEFT JOIN customers_customer c ON c.number = o.customer_no
    LEFT JOIN LATERAL (
        SELECT id FROM customers_channel h
        WHERE lower(o.channel) IN (lower(h.code), lower(h.name_en), lower(h.name_zh)) ORDER BY id LIMIT 1
    ) h ON o.channel IS NOT NULL
    WHERE o.seq BETWEEN %(first)s AND %(last)s
"""
INSERT_ORDERS = (
    """
    WITH made AS (
        INSERT INTO sales_order (source, number, customer_id, kind, state, ordered_at, ordered_on, currency, rate,
            total, amount, payment_method, channel_id, region, notes, content_hash, created_at, updated_at,
            created_by_id, updated_by_id, version)
        SELECT %(source)s, o.number, c.id, CASE WHEN o.total < 0 THEN 'return' ELSE 'purchase' END,
            COALESCE(o.state, 'completed'), o.ordered_at, o.ordered_on, %(currency)s,
            o.rate, o.total, o.amount, COALESCE(o.payment_method, ''), h.id,
            COALESCE(o.region, ''), '', o.hash, %(now)s, %(now)s, %(user)s, %(user)s, 1
    """  # noqa: S608 - constants
    + _SOURCE_ROWS
    + """ AND o.action = 'new'
        ORDER BY o.seq
        RETURNING id, number
    )
    UPDATE {orders} o SET order_id = made.id FROM made WHERE made.number = o.number
"""
)
UPDATE_ORDERS = (
    """
    WITH wanted AS (
        SELECT o.*, c.id AS customer_id, h.id AS channel_id
    """  # noqa: S608 - constants
    + _SOURCE_ROWS
    + """ AND o.action = 'changed'
    )
    UPDATE sales_order e
    SET customer_id = w.customer_id, state = COALESCE(w.state, e.state),
        kind = CASE WHEN w.total < 0 THEN 'return' ELSE 'purchase' END,
        ordered_at = w.ordered_at, ordered_on = w.ordered_on, currency = %(currency)s, rate = w.rate, total = w.total,
        amount = w.amount, payment_method = COALESCE(w.payment_method, ''), channel_id = w.channel_id,
        region = COALESCE(w.region, ''), content_hash = w.hash,
        return_of_id = CASE WHEN w.total < 0 THEN e.return_of_id END, updated_at = %(now)s, updated_by_id = %(user)s,
        version = e.version + 1
    FROM wanted w WHERE e.id = w.order_id
"""
)
DELETE_LINES = """
    DELETE FROM sales_orderline WHERE order_id IN (
        SELECT order_id FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s AND action = 'changed')
"""
INSERT_LINES = """
    INSERT INTO sales_orderline (order_id, product_id, description, quantity, unit_price, unit_cost, discount, amount)
    SELECT o.order_id, p.id, COALESCE(l.product, CASE WHEN p.id IS NULL THEN l.sku END, ''), l.quantity,
           l.unit_price, l.unit_cost, COALESCE(l.discount, 0), round(l.amount, 4)
    FROM {orders} o
    JOIN {lines} l ON l.number = o.number AND l.error IS NULL
    LEFT JOIN sales_product p ON p.sku = l.sku
    WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same'
    ORDER BY o.seq, l.row_no
"""
# Nothing is guessed from products or amounts.
LINK_RETURNS = f"""
    UPDATE sales_order back SET return_of_id = bought.id
    FROM {{orders}} o, sales_order bought
    WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same' AND o.total < 0 AND back.id = o.order_id
      AND back.return_of_id IS NULL AND bought.source = %(source)s AND bought.kind = 'purchase'
      AND bought.customer_id IS NOT DISTINCT FROM back.customer_id
      AND bought.number = {_PURCHASE_NO} AND bought.number <> o.number
"""  # noqa: S608 - constants only
# Where the purchase itself doesn't count, what came back of it doesn't either.
CANCEL_RETURNS = """
    UPDATE sales_order back SET state = 'cancelled'
    FROM {orders} o, sales_order bought
    WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same' AND back.id = o.order_id AND o.total < 0
      AND bought.id = back.return_of_id AND bought.state = 'cancelled'
"""
TOUCHED = """
    SELECT e.customer_id FROM {orders} o JOIN sales_order e ON e.id = o.order_id
    WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action = ANY(%(actions)s) AND e.customer_id IS NOT NULL
"""
BATCH_COUNTS = """
    SELECT count(*) FILTER (WHERE action = 'new' AND total >= 0), count(*) FILTER (WHERE action = 'new' AND total < 0),
           count(*) FILTER (WHERE action = 'changed')
    FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s
"""
