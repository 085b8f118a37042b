"""Own fields: what a company adds to its customers' files, in Settings and in forms, pages, files and the API."""
