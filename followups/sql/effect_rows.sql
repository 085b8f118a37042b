-- Whose dates these are (`what`), those that move farthest first; after sql/effect.sql in one transaction.
SELECT customer_id, was, becomes, was_review, becomes_review FROM plan_effect WHERE what = %(what)s
ORDER BY abs(becomes - was) DESC NULLS LAST, becomes, customer_id;
