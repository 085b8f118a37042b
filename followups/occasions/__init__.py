"""Birthdays, holidays and other days of the year on which customers are contacted."""
