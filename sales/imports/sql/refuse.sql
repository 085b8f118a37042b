-- Gives all lines of the orders that meet the condition this reason, with what it is to show of the order filled in.
UPDATE {lines} l
SET error = replace(replace(replace(%(reason)s, '{number}', o.number), '{first}', ({one})::text),
                    '{last}', ({other})::text)
FROM {orders} o
WHERE o.number = l.number AND l.error IS NULL AND {condition};
