"""What all pages answer alike."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponse]


def say_only_a_button(get_response: GetResponse) -> GetResponse:
    """A page instead of the browser's blank one, where an address that only takes what a button sends is opened, as by
    a reload: it leads to the page on which the button stands."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "errors/405.html", {"above": _page_above(request.path)}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware


def _page_above(path: str) -> str:
    """The nearest address above that there is."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
