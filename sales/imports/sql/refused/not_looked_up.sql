-- From this row on the sender isn't told any more whose the others are: all that isn't known to be the sender's own.
o.action <> 'same'
AND (SELECT min(r.row_no) FROM {lines} r WHERE r.number = o.number AND r.error IS NULL) >= %(from_row)s
AND NOT EXISTS ({own})
