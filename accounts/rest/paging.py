"""Cursor pages: `?cursor=` and `?page_size=` (up to 200); an exact `total` only with `?total=1`."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.digits import whole_number
from core.paging import PAGE_SIZE, Page, keyset_page

MAX_PAGE_SIZE = 200
PARAMETERS = ("cursor", "page_size", "total")


class KeysetPagination(BasePagination):
    """Page N costs as much as page 1; the order comes from the view (`order()`)."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that the address names."""
        self.request = request
        self.total = queryset.count() if _wants_total(request) else None
        self.page: Page = keyset_page(
            queryset, order=view.order(), cursor=request.query_params.get("cursor"), size=_page_size(request)
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """{"results", "next", "previous"} and, if asked for, "total"."""
        links = {"next": self._link(self.page.next_cursor), "previous": self._link(self.page.previous_cursor)}
        body = {"results": data, **links}
        return Response(body if self.total is None else {**body, "total": self.total})

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How a page looks in OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link,
                "previous": link,
                "total": {"type": "integer", "description": "Only with total=1."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters of a page in OpenAPI."""
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        return [
            _parameter("cursor", {"type": "string"}, "The place to go on from: take the links next and previous."),
            _parameter("page_size", size, "Rows of a page."),
            _parameter("total", {"type": "string", "enum": ["1"]}, "1 adds the exact number of rows."),
        ]


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    size = whole_number(text, MAX_PAGE_SIZE)
    if not size:
        raise ValidationError({"page_size": [_("Enter a number from 1 to %(most)s.") % {"most": MAX_PAGE_SIZE}]})
    return size


def _wants_total(request: Request) -> bool:
    text = request.query_params.get("total")
    if text not in (None, "1"):
        raise ValidationError({"total": [_("Write total=1 to get the exact number of rows.")]})
    return text == "1"
