"""One file per area; each holds ROUTES: list[Route]. `ALL` joins them."""

import importlib
import pkgutil

from tests.access.matrix import Route


def _collect() -> list[Route]:
    found: list[Route] = []
    for module in pkgutil.iter_modules(__path__):
        found += importlib.import_module(f"{__name__}.{module.name}").ROUTES
    return found


ALL = _collect()
