"""The face keeps its promises: no inline style or script, no foreign host, one table of tokens, small files."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(ROOT.glob("**/templates/**/*.html"))
TEMPLATES = [path for path in TEMPLATES if ".venv" not in path.parts]
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_or_script(path):
    assert not INLINE.search(path.read_text())


def test_the_guard_sees_inline_code():
    for bad in ('<p style="color:red">', "<script>alert(1)</script>", '<a onclick="x()">', "<style>"):
        assert INLINE.search(bad)
    assert not INLINE.search('<script src="/static/js/app.js" type="module"></script>')


# A stylesheet takes nothing from elsewhere but our own drawings of icons.
FOREIGN = re.compile(r"""(src|href)="(https?:)?//|@import|url\((?!"\.\./icons/[a-z0-9-]+\.svg"\))""")


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_loaded_from_a_foreign_host(path):
    assert not FOREIGN.search(path.read_text())


def test_the_guard_sees_foreign_hosts():
    for bad in ("url(//cdn.example/x.svg)", 'url("https://x.example/../icons/a.svg")', 'url("../fonts/a.woff2")'):
        assert FOREIGN.search(bad)
    assert not FOREIGN.search('url("../icons/undo-2.svg")')


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_is_closed_and_names_only_known_tokens(path):
    text = path.read_text()
    assert text.count("{") == text.count("}")
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(style.read_text() for style in STYLES)))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= known


def test_every_colour_token_has_a_paper_and_a_night_value():
    text = (ROOT / "static/css/tokens.css").read_text()
    for line in text.splitlines():
        if "var(--paper," in line:
            assert "var(--night," in line


# Scripts that only one kind of page asks for; no page has two of these kinds.
OF_A_PAGE = (
    {"order.js"},
    {"check-in.js"},
    {"calendar.js"},
    {"push.js"},
    {"push-receiver.js"},
    {"password.js"},
    {"log.js", "mentions.js", "files.js"},
)
# These come with the service worker, not with a page: app.js asks for them only where it is at work.
OFFLINE = {"outbox.js", "offline.js", "offline-page.js"}


def test_the_scripts_stay_small():
    """Whatever a person does on a page, it loads at most so much."""
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in SCRIPTS}
    htmx = len(gzip.compress(Path(finders.find("django_htmx/htmx-2.min.js")).read_bytes()))
    shared = sum(size for name, size in sizes.items() if not any(name in kind for kind in (*OF_A_PAGE, OFFLINE)))
    of_a_page = max(sum(sizes[name] for name in kind) for kind in OF_A_PAGE)
    assert htmx + shared + of_a_page <= 30_000
    assert sum(sizes[name] for name in OFFLINE) <= 6_500
    app = (ROOT / "static/js/app.js").read_text()
    assert [name for name in OFFLINE if name in app] == ["outbox.js"]
    assert 'worker?.controller && import("./outbox.js")' in app


# A field of that name hides the property of its form: with one called "method", form.method is that field.
HIDDEN_BY_FIELDS = re.compile(r"\b[fF]orm\??\.(?:method|action|target|name|id|length|title)\b")


def test_scripts_read_what_a_form_says_from_its_attributes():
    found = {path.name: HIDDEN_BY_FIELDS.findall(path.read_text()) for path in SCRIPTS}
    assert {name for name, properties in found.items() if properties} == set()


def test_the_guard_sees_properties_that_a_field_may_hide():
    for bad in ('form.method !== "post"', "fetch(form.action)", "button.form?.id"):
        assert HIDDEN_BY_FIELDS.search(bad)
    assert not HIDDEN_BY_FIELDS.search('form.getAttribute("action"), form.elements.method, form.matches("[id]")')


KEPT = re.compile(r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie|\beval\b|innerHTML")
WORKER = ROOT / "followups/offline/service-worker.js"


def test_scripts_keep_nothing_in_the_browser_but_the_sealed_outbox():
    found = {path.name: KEPT.findall(path.read_text()) for path in SCRIPTS}
    assert {name: kept for name, kept in found.items() if kept} == {"outbox.js": ["indexedDB"]}


def test_into_the_outbox_goes_only_what_was_sealed_and_the_public_key():
    text = (ROOT / "static/js/outbox.js").read_text()
    puts = re.findall(r"\.put\((\{[^}]*\})\)", text)
    assert text.count(".put(") == len(puts) == 2
    assert puts == [
        '{ id: "key", me: person, kid, public: key, at: Date.now() }',
        "{ key, me: self.me, kid: self.kid, at, version: 1, ...sealed }",
    ]


def test_the_service_worker_keeps_only_what_is_named_to_it():
    text = WORKER.read_text()
    assert set(KEPT.findall(text)) == {"caches"}
    assert text.count("addAll(") == 1
    assert not re.search(r"\.(put|add)\(", text)


def test_htmx_is_told_to_store_no_pages_and_to_evaluate_nothing():
    head = render_to_string("shell/head.html")
    config = json.loads(re.search(r"htmx-config\"\s+content='(.*?)'", head, re.DOTALL)[1])
    assert config["historyCacheSize"] == 0
    assert config["historyRestoreAsHxRequest"] is False
    assert config["refreshOnHistoryMiss"] is True
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is True


def test_the_manifest_names_icons_that_exist(db, client):
    manifest = client.get("/manifest.webmanifest").json()
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
