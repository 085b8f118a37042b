"""Follow-ups: when each customer is contacted next, by whom, and what came of it.

Each folder is one subject and says in its first line which. Here stands what several of them need:

- the plan: `cadence.py` (the rules, without database), `reckoning.py` (one customer), `planning.py` with `sql/` (many
  customers), `reasons.py` (why a date stands where it does), `night.py` (the job of the night);
- a follow-up: `durations.py` (how long it takes), `visits.py` (its time has passed and nobody wrote it up),
  `locks.py` (in which order rows are locked), `months.py` (months in addresses);
- pages: `views.py`, `forms.py` and `listing.py` (the list, planning, moving, closing), `today.py` (Today);
- what other apps ask: `contributes.py`, `selectors.py`, `services/`, `holding.py` (what a leaving colleague has open);
- the API: `api.py`, `serializers.py`.
"""
