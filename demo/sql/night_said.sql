-- What a night has written, as one number a table: equal rows in any order and with any ids give equal numbers.
SELECT 'intervals', count(*), sum(hashtextextended((to_jsonb(i) - 'id')::text, 0)) FROM segmentation_scoreinterval i
UNION ALL
SELECT 'moves', count(*), sum(hashtextextended((to_jsonb(mv) - 'id' - 'run_id')::text, 0)) FROM segmentation_tiermove mv
UNION ALL
SELECT 'sums', count(*), sum(hashtextextended((to_jsonb(s) - 'id' - 'run_id')::text, 0)) FROM segmentation_runsum s
UNION ALL
SELECT 'potential', count(*), sum(hashtextextended((to_jsonb(p) - 'id' - 'run_id')::text, 0))
FROM segmentation_potentialsum p
UNION ALL
SELECT 'rhythms', count(*), sum(hashtextextended(to_jsonb(rh)::text, 0)) FROM segmentation_buyingrhythm rh
UNION ALL
SELECT 'cases', count(*), sum(hashtextextended((to_jsonb(c) - 'id' - 'opened_at' - 'closed_at')::text, 0))
FROM segmentation_churncase c
UNION ALL
SELECT 'reasons', count(*), sum(hashtextextended((c.customer_id, c.opened_on, n.code, n.position, n.numbers)::text, 0))
FROM segmentation_churnreason n JOIN segmentation_churncase c ON c.id = n.case_id
UNION ALL
SELECT 'facts', count(*), sum(hashtextextended(to_jsonb(k)::text, 0)) FROM customers_customerfacts k
UNION ALL
SELECT 'basis', count(*), sum(hashtextextended(to_jsonb(b)::text, 0)) FROM segmentation_scorebasis b;
