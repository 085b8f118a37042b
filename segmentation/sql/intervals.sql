-- Writes history of night_moved. `following` is the next published run after this one or NULL: what was true from there
-- on stays true, so a run between two others splits an interval into up to three.
DROP TABLE IF EXISTS night_tails;
CREATE TEMP TABLE night_tails ON COMMIT DROP AS
SELECT i.customer_id, %(following)s::date AS valid_from, i.valid_to, {i.values}
FROM night_moved mv JOIN segmentation_scoreinterval i ON i.id = mv.interval_id
WHERE %(following)s::date IS NOT NULL AND (i.valid_to IS NULL OR i.valid_to >= %(following)s::date);

-- Looked up for all at once: a subquery a row would scan the growing table again and again while it has no statistics.
DROP TABLE IF EXISTS night_next;
CREATE TEMP TABLE night_next ON COMMIT DROP AS
SELECT i.customer_id, min(i.valid_from) - 1 AS valid_to
FROM night_moved mv JOIN segmentation_scoreinterval i ON i.customer_id = mv.customer_id
WHERE mv.interval_id IS NULL AND i.valid_from > %(as_of)s
GROUP BY i.customer_id;
ANALYZE night_next;

DELETE FROM segmentation_scoreinterval i USING night_moved mv WHERE i.id = mv.interval_id AND i.valid_from = %(as_of)s;
UPDATE segmentation_scoreinterval i SET valid_to = %(as_of)s::date - 1
FROM night_moved mv WHERE i.id = mv.interval_id AND i.valid_from < %(as_of)s;

INSERT INTO segmentation_scoreinterval (customer_id, valid_from, valid_to, {values})
SELECT customer_id, valid_from, valid_to, {values} FROM night_tails;
INSERT INTO segmentation_scoreinterval (customer_id, valid_from, valid_to, {values})
SELECT s.customer_id, %(as_of)s,
       LEAST(CASE WHEN mv.interval_id IS NULL THEN n.valid_to ELSE mv.valid_to END, %(following)s::date - 1),
       {s.values}
FROM night_moved mv
JOIN night_scores s ON s.customer_id = mv.customer_id
LEFT JOIN night_next n ON n.customer_id = mv.customer_id;
