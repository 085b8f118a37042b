-- Products that stand in lines which taking back another import would bring back.
SELECT DISTINCT p.id FROM unnest(%(ids)s::bigint[]) AS p(id)
JOIN intake_importedrow r ON r.what = 'order' AND r.before IS NOT NULL AND r.job_id <> %(job)s
 AND r.before -> 'lines' @> jsonb_build_array(jsonb_build_object('product_id', p.id));
