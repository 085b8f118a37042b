"""Reviews of how customers are looked after as a whole: what was looked at, what was decided, by whom until when."""
