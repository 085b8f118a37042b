"""Who looks after whom: rules of the pool, allocation, hand-overs of many, duties and appraisals."""
