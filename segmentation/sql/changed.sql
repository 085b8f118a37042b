-- Whether the chances of another day (t) say something else than tonight's (w): another level, another step of what is
-- left, another percent of a warning, or a drop that is a reason.
(%(by_model)s AND t.level <> w.level AND NOT (w.opened AND t.level = %(warn_none)s))
OR t.chance IS DISTINCT FROM w.chance
OR (w.level <> %(warn_none)s AND t.p_told IS DISTINCT FROM w.p_told)
OR ((w.level <> %(warn_none)s OR %(openers)s)
    AND (t.drop >= %(yellow_drop)s) IS DISTINCT FROM (w.drop >= %(yellow_drop)s))
