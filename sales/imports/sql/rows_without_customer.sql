SELECT l.place, NULL AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
WHERE o.customer_no IS NULL AND o.who IS NULL AND {which}
