SELECT seq, by_who, number, {attributes}, bought_on FROM {people} WHERE seq > %(after)s ORDER BY seq LIMIT %(limit)s;
