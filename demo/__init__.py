"""The demo company and the measurements on it; no part of the product."""
