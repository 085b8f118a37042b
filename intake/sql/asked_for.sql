-- How many rows a question is about, the first of them, and the names that come most often.
WITH hit AS MATERIALIZED ({rows})
SELECT (SELECT count(*) FROM hit),
       ARRAY(SELECT place FROM hit ORDER BY place LIMIT {shown_rows}),
       ARRAY(SELECT name FROM hit WHERE name IS NOT NULL GROUP BY name
             ORDER BY count(*) DESC, name LIMIT {shown_names});
