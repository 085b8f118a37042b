"""The catalogue of consent texts: kept in Settings, each in versions that stay readable, and used by forms."""
