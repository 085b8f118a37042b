SELECT count(*), count(*) FILTER (WHERE error IS NULL AND customer_no IS NULL
                                  AND number NOT IN (SELECT number FROM {orders} WHERE who IS NOT NULL)),
       count(*) FILTER (WHERE error IS NOT NULL)
FROM {lines};
