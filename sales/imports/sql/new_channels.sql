SELECT l.place, o.channel AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
WHERE o.action <> 'same' AND o.channel IN (
    SELECT c.channel FROM (SELECT DISTINCT channel FROM {orders}) c WHERE NOT EXISTS (
        SELECT FROM customers_channel h
        WHERE lower(c.channel) IN (lower(h.code), lower(h.name_en), lower(h.name_zh))))
