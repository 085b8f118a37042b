-- Those of them for whom the day `on` is the first one; who is computed by then for another reason is done with.
INSERT INTO night_due SELECT t.customer_id, %(on)s::date FROM {changed};
DELETE FROM night_moving m USING night_due d WHERE d.customer_id = m.customer_id AND d.day <= %(on)s;
