-- One line for each of many rows, in their order: the same act by the same person.
INSERT INTO accounts_auditentry (at, act, by_id, by_name, object_type, object_id, details, address, request_id)
SELECT %(at)s, %(act)s, %(by_id)s, %(by_name)s, %(object_type)s, one.id, one.details::jsonb, %(address)s, %(request_id)s
  FROM unnest(%(ids)s::bigint[], %(details)s::text[]) WITH ORDINALITY AS one (id, details, place)
 ORDER BY one.place
