SELECT seq, who, email_key, customer_name, company FROM {buyers} WHERE seq > %(after)s ORDER BY seq LIMIT %(limit)s;
