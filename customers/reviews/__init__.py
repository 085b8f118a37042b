"""The monthly review of data quality: a sheet for each team, filled in by the night, signed off by its supervisor."""
