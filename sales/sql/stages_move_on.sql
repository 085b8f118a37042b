-- Nobody has to order again for it: 90 days after the deal a customer is a long-term one.
UPDATE customers_customer SET stage = %(stage_long_term)s, stage_since = stage_since + %(days)s
WHERE stage = %(stage_after_sale)s AND stage_since + %(days)s <= %(today)s AND deleted_at IS NULL;
