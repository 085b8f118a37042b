"""Fixtures of the tests of jobs: files that are imported."""

from intake.tests.files import own_storage, refused, run_import, strangers, table

__all__ = ["own_storage", "refused", "run_import", "strangers", "table"]
