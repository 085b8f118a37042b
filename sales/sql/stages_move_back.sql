UPDATE customers_customer SET stage = %(stage_after_sale)s, stage_since = stage_since - %(days)s
WHERE stage = %(stage_long_term)s AND stage_since > %(today)s;
