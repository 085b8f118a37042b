"""ALLOWED_HOSTS adds names; bin/start asks /healthz by the loopback address whatever it holds."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from crm import addresses


def test_named_hosts_come_beside_the_own_one_and_loopback(settings, db) -> None:
    own = addresses.base_host("https://keben.example.com")
    settings.ALLOWED_HOSTS = addresses.allowed_hosts(["crm.example.com"], own)
    for host in ("crm.example.com", "keben.example.com", "127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert Client(headers={"host": host}).get("/healthz").status_code == 200, host


def test_a_foreign_host_stays_refused(settings, db) -> None:
    settings.ALLOWED_HOSTS = addresses.allowed_hosts(["crm.example.com"], "keben.example.com")
    assert Client(headers={"host": "evil.example"}).get("/healthz").status_code == 400
    page = Client(headers={"host": "evil.example"}).get("/login/", headers={"accept-language": "en"})
    assert page.status_code == 400
    assert "known by this name or address" in page.content.decode()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://keben.example.com", "keben.example.com"),
        ("https://Keben.Example.com:8443/crm", "keben.example.com"),
        ("http://[::1]", "[::1]"),
        ("http://[::1]:8000", "[::1]"),
    ],
)
def test_the_host_of_the_address_is_read_without_port(url: str, host: str) -> None:
    assert addresses.base_host(url) == host


@pytest.mark.parametrize("url", ["https://", "keben.example.com", "ftp://keben.example.com", "https://h:port"])
def test_an_address_without_host_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="The variable BASE_URL"):
        addresses.base_host(url)
