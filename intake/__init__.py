"""Files in and out: reading tables, importing and undoing imports, exporting lists."""
