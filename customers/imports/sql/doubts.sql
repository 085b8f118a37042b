-- The next rows of a dry run behind `after` that may mean somebody who is there, with what they say.
SELECT a.row_no, s.place, s.data, a.code, a.ids, a.places
FROM {asked} a
JOIN {rows} s USING (row_no)
WHERE a.row_no > %(after)s
ORDER BY a.row_no
LIMIT %(most)s;
