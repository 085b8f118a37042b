"""An empty file with the headings of a template, which the import knows when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from customers import required
from customers.entry.fields import asked_of
from customers.imports.columns import AllColumns
from customers.models import EntryTemplate
from intake.exportfiles import BookWriter, csv_lines

FORMATS = ("xlsx", "csv")


def headings(user: User, template: EntryTemplate) -> list[str]:
    """Who it is, what the template asks for and what it would set, by the names of the import's columns."""
    sets = [name for name in ("channel", "industry") if getattr(template, f"{name}_id")]
    tags = ["tags"] if template.tags.exists() else []
    names = dict.fromkeys(["name", "kind", *asked_of(template.fields, template.kind), *sets, *tags])
    labels = {column.name: str(column.label) for column in AllColumns()}
    return [labels[name] for name in names if name in labels and not required.hidden_from(user, name)]


def empty_file(user: User, template: EntryTemplate, kind: str) -> HttpResponseBase:
    """The file, as a workbook or CSV."""
    head, name = headings(user, template), f"{slugify(template.name_en) or 'customers'}.{kind}"
    if kind == "csv":
        answer = HttpResponse("".join(csv_lines(head, [])), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    book = BookWriter([(_("Customers"), head)])
    return FileResponse(book.finish(), as_attachment=True, filename=name)


def blanks(user: User) -> Sequence[tuple[Any, str]]:
    """(name, address) of each on the page of imports."""
    rows = EntryTemplate.objects.filter(is_active=True)
    return [(row.name, reverse("entry_template_file", args=[row.pk, "xlsx"])) for row in rows]
