INSERT INTO followups_notice (user_id, key, kind, customer_id, due_at, text, numbers, url)
SELECT owner_id, 'warning:' || id || ':' || level || ':' || owner_id, %(kind_warning)s, customer_id, %(now)s, '',
       jsonb_build_object('case', id, 'level', level, 'at_risk', value_at_risk, 'reasons', (
           SELECT jsonb_agg(jsonb_build_array(r.code, r.numbers) ORDER BY r.position)
           FROM (SELECT code, numbers, position FROM segmentation_churnreason
                 WHERE case_id = warned.id ORDER BY position LIMIT 6) r)),
       '/segmentation/warnings/' || id || '/'
FROM (SELECT w.id, w.level, w.customer_id, w.value_at_risk, c.owner_id,
             row_number() OVER (PARTITION BY c.owner_id ORDER BY w.value_at_risk DESC NULLS LAST, w.id) AS place
      FROM segmentation_churncase w
      JOIN customers_customer c ON c.id = w.customer_id AND c.deleted_at IS NULL
      JOIN accounts_user u ON u.id = c.owner_id AND u.is_active
      WHERE w.closed_at IS NULL AND w.level_since = %(day)s) warned
WHERE place <= %(cap)s
ON CONFLICT (key) DO NOTHING;
