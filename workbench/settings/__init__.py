"""Settings of the company: name, logo, first day of use and the index of all settings."""
