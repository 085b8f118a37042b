SELECT place, NULL AS name FROM {people} WHERE customer_name IS NULL AND company IS NULL
