UPDATE {lines} l SET error = r.reason
FROM (SELECT o.number, min(b.reason) AS reason
      FROM {buyers} b JOIN {orders} o ON o.who = b.who AND o.email_key IS NOT DISTINCT FROM b.email_key
      JOIN {lines} n ON n.number = o.number AND n.error IS NULL
           AND COALESCE(n.customer_name, '') = b.customer_name AND COALESCE(n.company, '') = b.company
      WHERE b.reason <> '' GROUP BY o.number) r
WHERE l.number = r.number AND l.error IS NULL;
