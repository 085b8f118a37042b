"""Files for the tests of imports, wherever they stand: a conftest.py beside them takes these fixtures in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from customers.models import Customer
from customers.services import tokens_refresh


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    """Files of a test stay in its folder."""
    settings.STORAGE_DIR = str(tmp_path / "files")


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """`table(header, *rows)` writes a CSV and returns its path."""

    def write(header: str, *rows: str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join((header, *rows, "")).encode(encoding))
        return path

    return write


@pytest.fixture
def run_import(db: None, defaults: None) -> Any:
    """`run_import(path, mapping, **options)` runs import_orders and returns its JSON line."""

    def run(path: Path, mapping: str = "", command: str = "import_orders", **options: Any) -> dict[str, Any]:
        out = io.StringIO()
        call_command(command, str(path), map=mapping, json=True, stdout=out, **options)
        return json.loads(out.getvalue().splitlines()[-1])

    return run


@pytest.fixture
def refused() -> Any:
    """The rows of an error file as dictionaries."""

    def read(result: dict[str, Any]) -> list[dict[str, str]]:
        with Path(result["error_file"]).open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source))

    return read


@pytest.fixture
def strangers(cast: Any) -> list[Customer]:
    """Six customers of another team."""
    rows = [
        Customer.objects.create(number=f"S{n}", name=f"外{n}", phone=f"1370000000{n}", owner=cast.outsider)
        for n in range(6)
    ]
    tokens_refresh([row.pk for row in rows])
    return rows
