"""Files are verified each quarter: which are due, what somebody has found right, and who reminds of it."""
