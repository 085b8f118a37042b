"""Files that hang on customers and on entries of the log, and who may see which."""
