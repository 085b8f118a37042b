-- Version, size and connections of the database that answers, and whether it searches Chinese text.
SELECT current_setting('server_version'), pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::int, show_trgm('张三丰公司') <> '{}';
