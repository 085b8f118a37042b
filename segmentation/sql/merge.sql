-- Joins two neighbours that meet at `border` and say the same, so that an interval begins only where something moved.
DROP TABLE IF EXISTS night_pairs;
CREATE TEMP TABLE night_pairs ON COMMIT DROP AS
SELECT left_side.id AS keep_id, right_side.id AS drop_id, right_side.valid_to
FROM night_moved mv
JOIN segmentation_scoreinterval right_side ON right_side.customer_id = mv.customer_id
    AND right_side.valid_from = %(border)s
JOIN segmentation_scoreinterval left_side ON left_side.customer_id = mv.customer_id
    -- The sum keeps the planner from the index of these days: its statistics know nothing of what was just written.
    AND left_side.valid_to + 0 = %(border)s::date - 1
WHERE ({left_side.values}) IS NOT DISTINCT FROM ({right_side.values});
DELETE FROM segmentation_scoreinterval i USING night_pairs p WHERE i.id = p.drop_id;
UPDATE segmentation_scoreinterval i SET valid_to = p.valid_to FROM night_pairs p WHERE i.id = p.keep_id;
