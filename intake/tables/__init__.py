"""Tables of people, looked at and read: pure Python without Django, run as a process of its own (intake/tabular.py)."""
