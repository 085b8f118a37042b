-- The 125 combinations of scores with their groups, to be filled by the caller.
DROP TABLE IF EXISTS night_cells;
CREATE TEMP TABLE night_cells (
    r smallint, f smallint, m smallint,
    segment8 varchar, group5 varchar, grade4 varchar, segment11 varchar
) ON COMMIT DROP;
