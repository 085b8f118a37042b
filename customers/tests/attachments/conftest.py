"""Where files of these tests lie, and the way to a file at a customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from core.files import store
from core.models import StoredFile
from core.tests.files import samples
from customers import services
from customers.models import Attachment, Customer


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_DIR = str(tmp_path)


def kept(by: User, name: str = "offer.pdf", content: bytes = samples.PDF) -> StoredFile:
    """A file that waits for a form of this person."""
    return store.keep(chunks=[content], name=name, by=by)


def attached(
    customer: Customer, by: User, name: str = "offer.pdf", content: bytes = samples.PDF, **about: Any
) -> Attachment:
    """A file at the customer."""
    (made,) = services.attach(
        files=[kept(by, name, content)], on="customer", on_id=customer.pk, customer=customer, by=by, **about
    )
    return made
