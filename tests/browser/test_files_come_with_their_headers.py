"""Static files as the real server sends them: headers like a page's, compressed once, parts of the file itself."""

import gzip
import re
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def stylesheet(the_site):
    page = urllib.request.urlopen(f"{the_site.url}/login/").read().decode()
    return the_site.url + re.search(r'href="(/static/[^"]+\.css)"', page)[1]


def answer(address: str, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib.request.urlopen(urllib.request.Request(address, headers=named))


def test_a_file_opened_as_a_page_may_do_nothing(stylesheet):
    headers = answer(stylesheet).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "immutable" in headers["Cache-Control"]


def test_it_comes_compressed_once(stylesheet):
    whole = answer(stylesheet).read()
    packed = answer(stylesheet, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.read()) == whole


def test_a_part_is_a_part_of_what_the_header_says(stylesheet):
    part = answer(stylesheet, Accept_Encoding="gzip", Range="bytes=0-9")
    assert part.status == 206
    assert len(part.read()) == 10
    assert part.headers["Content-Encoding"] in (None, "gzip")
    assert part.headers["Content-Range"].startswith("bytes 0-9/")


def test_the_list_of_all_files_is_not_public(the_site, stylesheet):
    assert answer(stylesheet).headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for name in ("staticfiles.json", "static-manifest.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            answer(f"{the_site.url}/static/{name}")
