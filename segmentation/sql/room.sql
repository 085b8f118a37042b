-- What this transaction may take of the server: memory for sorting, helping processes, samples of its temporary tables.
SELECT set_config('work_mem', %(memory)s, TRUE), set_config('max_parallel_workers_per_gather', '2', TRUE),
       set_config('default_statistics_target', %(samples)s, TRUE);
