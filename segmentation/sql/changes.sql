-- What moved against the run compared with (`baseline`): changed, tier moves, warnings opened and closed. `of`: the
-- scores of all, or of night_moved where nobody else can have moved against that run.
SELECT count(*) FILTER (WHERE b.customer_id IS NULL
           OR ({s.judged}) IS DISTINCT FROM ({b.judged})),
       count(*) FILTER (WHERE b.tier <> s.tier),
       count(*) FILTER (WHERE s.warning <> %(warn_none)s AND COALESCE(b.warning, %(warn_none)s) = %(warn_none)s),
       count(*) FILTER (WHERE s.warning = %(warn_none)s AND b.warning <> %(warn_none)s)
FROM {of} s
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = s.customer_id
    AND b.valid_from <= %(baseline)s AND (b.valid_to IS NULL OR b.valid_to >= %(baseline)s);
