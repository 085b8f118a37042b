"""One search over everything that the apps offer."""
