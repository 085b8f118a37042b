"""What every page is made of: forms, lists, charts, icons, formats and template tags."""
