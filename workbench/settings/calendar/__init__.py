"""The work calendar: weekdays, holidays and days worked instead."""
