"""Fixtures of the tests of sales: files that are imported."""

from intake.tests.files import own_storage, refused, run_import, table

__all__ = ["own_storage", "refused", "run_import", "table"]
