"""TRUSTED_PROXIES and REDIS_URL: a wrong value stops the start, a right one counts as it was meant."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import trusted_proxies
from crm import addresses


def test_an_address_inside_its_range_doesnt_spoil_the_others(settings) -> None:
    settings.TRUSTED_PROXIES = addresses.proxies(["10.0.0.5/24", " 127.0.0.1 "])
    seen = []
    middleware = trusted_proxies(lambda request: seen.append(request.META["REMOTE_ADDR"]) or HttpResponse())
    for peer in ("127.0.0.1", "10.0.0.77", "192.0.2.1"):
        middleware(RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR=peer))
    assert seen == ["203.0.113.9", "203.0.113.9", "192.0.2.1"]


@pytest.mark.parametrize("named", [["localhost"], ["127.0.0.1", "10.0.0.300"], ["10.0.0.0/33"]])
def test_a_proxy_that_is_no_address_is_refused(named: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="The variable TRUSTED_PROXIES"):
        addresses.proxies(named)


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379/0", "rediss://user:pw@cache.example.com", "redis+socket:///r.sock"]
)
def test_addresses_of_a_queue_are_taken_as_they_are(url: str) -> None:
    assert addresses.broker(url) == url


def test_a_socket_may_be_written_shortly() -> None:
    assert addresses.broker("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"


@pytest.mark.parametrize("url", ["foo", "redis://", "amqp://host", "redis://h:port/0", "redis://h/queue", "unix://"])
def test_what_is_no_queue_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="The variable REDIS_URL"):
        addresses.broker(url)
