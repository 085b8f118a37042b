-- Customer numbers to which rows of the file give different names, with the rows and what each says.
SELECT data->>'number', array_agg(place ORDER BY place), array_agg(data->>'name' ORDER BY place)
FROM {rows} WHERE read AND data->>'number' <> '' GROUP BY 1
HAVING count(DISTINCT data->>'name') > 1;
