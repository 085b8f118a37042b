-- A run about the past writes nothing of the present, and leaves the notes to the night that does.
DROP TABLE IF EXISTS night_seen, night_scores, night_standing;
