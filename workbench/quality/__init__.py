"""The board of data quality: what files lack, by field and by whose they are, with the rows behind each figure."""
