-- Long numbers that nearly all end in zeros behind their 15th digit were numbers of a spreadsheet.
UPDATE {lines} l SET error = replace(%(reason)s, '{value}', l.{column})
WHERE l.error IS NULL AND length(l.{column}) >= 18 AND l.{column} ~ '^[0-9]{15}0+$' AND (
    SELECT count(DISTINCT {column}) FILTER (WHERE {column} ~ '^[0-9]{15}0+$') * 2 > count(DISTINCT {column})
    FROM {lines} WHERE length({column}) >= 18 AND {column} ~ '^[0-9]+$');
