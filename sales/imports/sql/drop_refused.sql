DELETE FROM {orders} o WHERE NOT EXISTS (SELECT FROM {lines} l WHERE l.number = o.number AND l.error IS NULL);
