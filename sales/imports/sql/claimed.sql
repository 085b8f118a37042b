-- Those of the numbers that the file gives to its customers.
SELECT number FROM {people} WHERE NOT by_who AND number = ANY(%(numbers)s);
