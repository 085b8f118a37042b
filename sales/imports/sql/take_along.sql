UPDATE {lines} l SET error = replace(%(reason)s, '{row}', bad.place::text)
FROM (SELECT number, min(place) AS place FROM {lines}
      WHERE error IS NOT NULL AND number IS NOT NULL GROUP BY number) bad
WHERE bad.number = l.number AND l.error IS NULL;
