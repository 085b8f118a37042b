"""Follow-ups with a time and guests: who is invited, and the page on which a guest answers."""
