"""Working hours and absences of each person, beside the calendar of the company."""
