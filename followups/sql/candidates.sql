-- The customers that are planned for now, with what sql/situations.sql says of each.
DELETE FROM plan_customers;
INSERT INTO plan_customers  -- in the order of tables.sql
{situations};
ANALYZE plan_customers;
