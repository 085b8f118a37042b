"""Routes of the area "segmentation"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route

ROUTES: list[Route] = []
