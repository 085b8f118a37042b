-- A new customer number beside a phone or address that somebody in reach has already.
SELECT p.place, p.number AS name FROM {people} p
WHERE NOT p.by_who AND num_nonnulls(p.phone_key, p.email_key) > 0 AND EXISTS (
    SELECT FROM customers_customer c
    WHERE c.deleted_at IS NULL AND {within}
      AND c.search_tokens && array_remove(ARRAY[p.phone_key, p.email_key]::varchar[], NULL))
