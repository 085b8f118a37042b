"""The audit log shows words, names and links: no act, detail or row of the code stays a code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.module_loading import import_string

from accounts import audit
from accounts.audit_details import Details, field_word
from accounts.models import AuditEntry
from accounts.row_names import Names
from core.contributions import registry
from crm.wiring import APPS
from customers import services
from customers.models import CATALOGUES, Customer
from segmentation.models import ScoringSettings
from segmentation.rules.checks import SETTABLE

pytestmark = pytest.mark.xdist_group("audit_words")  # one process reads the code for all
ROOT = Path(__file__).resolve().parents[2]
NOT_DETAILS = {"by", "on", "of", "rows"}
WRITERS = ("audit.record", "audit.record_each", "audit.record_folded", "audit.line")


@cache
def sources() -> list[ast.Module]:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files if "tests" not in path.parts]


@cache
def records() -> tuple[tuple[ast.Call, ast.Module], ...]:
    """Every call that writes an audit line, or makes one, with its module."""
    return tuple(
        (node, tree)
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in WRITERS
    )


def texts(node: ast.AST) -> Iterator[str]:
    yield from (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def bound_to(name: str, tree: ast.Module) -> Iterator[str]:
    """Texts that a name stands for: assigned, a default, or handed over by that name."""
    for node in ast.walk(tree):
        assigned = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
        if assigned or (isinstance(node, ast.keyword) and node.arg == name):
            yield from texts(node.value)
        elif isinstance(node, ast.arguments):
            pairs = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from (text for arg, value in pairs if arg.arg == name and value for text in texts(value))


def handed_over(name: str, call: ast.Call, tree: ast.Module) -> Iterator[str]:
    """Texts that other modules hand over by `name` to the function of `tree` in which `call` stands."""
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and call in ast.walk(node)}
    for module in sources():
        for node in ast.walk(module):
            called = node.func if isinstance(node, ast.Call) else None
            if getattr(called, "attr", getattr(called, "id", "")) in functions:
                yield from (text for word in node.keywords if word.arg == name for text in texts(word.value))


@cache
def acts() -> set[str]:
    found: set[str] = set()
    for call, tree in records():
        act = call.args[0]
        if isinstance(act, ast.Constant):
            found.add(act.value)
            continue
        if isinstance(act, ast.IfExp):
            found |= {*texts(act.body), *texts(act.orelse)}
            continue
        if isinstance(act, ast.JoinedStr):  # one service for several tables: customers/services/catalogues.py
            ending = next(texts(act.values[-1]))
            found |= {f"{model.resource}{ending}" for model in CATALOGUES.values()}
            continue
        name = ast.unparse(act).rpartition(".")[2]
        everywhere = sources() if isinstance(act, ast.Attribute) else [tree]
        named = {text for module in everywhere for text in bound_to(name, module)}
        if isinstance(act, ast.Name):
            named |= set(handed_over(name, call, tree))
        assert named, f"no text found for the act {ast.unparse(act)}"
        found |= named
    return {act for act in found if re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", act)}


def details_of_acts() -> set[tuple[str, str]]:
    """(act, name of a detail) of every call that says its act in place, ("", name) of the others."""
    found = set()
    for call, _tree in records():
        act = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
        found |= {(act, word.arg) for word in call.keywords if word.arg}
    return {(act, name) for act, name in found if name not in NOT_DETAILS}


def test_the_search_finds_acts_however_they_are_named():
    assert {"customer.assign", "product.create", "customer.reveal", "password.reset", "follow_up.skip"} <= acts()
    assert "user.accept" in acts(), "handed over from another module"


def test_every_act_of_the_code_has_a_word_and_every_word_an_act():
    assert acts() == set(registry().acts)


def test_every_detail_of_the_code_has_a_word():
    extra = {"from", "to", "page", "rows", "errors", "customers_created", "seconds", "every_days", "category"}
    extra |= {"told", "file", "reason"}
    named = details_of_acts() | {("", name) for name in extra}
    read = {(act, name): registry().detail(name, act) for act, name in named}
    assert not [asked for asked, detail in read.items() if detail is None or not (detail.word or detail.internal)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_words_differ_from_codes_in_both_languages(language):
    with translation.override(language):
        named = (*registry().acts.values(), *registry().named.values(), *registry().resources.values())
        shown = [str(item.word) for item in named]
    assert not [word for word in shown if not word or "_" in word or re.fullmatch(r"[a-z_]+\.[a-z_]+", word)]


def test_a_word_of_an_app_reads_the_lines_of_its_own_acts():
    orders, files = registry().detail("kind", "order.create"), registry().detail("kind", "import.start")
    assert "return" in orders.codes()
    assert "customers" in files.codes()
    assert registry().detail("kind", "") is files, "where the act says nothing, the lowest app does"


@pytest.mark.django_db
def test_a_handover_shows_both_people_and_a_link_to_the_customer(cast, customer, sign_in):
    services.customer_transfer(customer=customer, to=cast.li, by=cast.lead, reason="x")
    page = sign_in(cast.admin).get(reverse("audit_list"), {"act": "customer.assign"}).content.decode()
    assert f'href="{reverse("customer", args=[customer.pk])}"' in page
    assert customer.name in page
    assert cast.li.name in page
    assert cast.wang.name in page
    assert f">#{customer.pk}<" not in page


@pytest.mark.django_db
def test_codes_inside_details_are_words(cast, customer, sign_in):
    audit.record("order.create", by=cast.lead, kind="purchase", customer=customer.pk)
    audit.record("target.set", by=cast.lead, user=cast.li.pk, month="2026-11-01", metric="revenue", value=1234500)
    audit.record("denied", by=cast.wang, status=403, method="GET", page="user_edit", of={"pk": "7"})
    client = sign_in(cast.admin)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("audit_list")).content.decode()
    assert "purchase</span>" in page
    assert "Nov 2026" in page
    assert "¥12,345" in page
    assert reverse("user_edit", args=[7]) in page
    assert "user_edit" not in page
    assert "1234500" not in page


# --- the walk: what a reader really sees -----------------------------------------------------------------------------
CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
CODES_IN_LATIN = re.compile(r"[a-z]{3,}")  # a whole text in the Chinese log


def changed_fields() -> Iterator[tuple[str, str, str]]:
    """(model, act, field) of what the API lets people change, and of settings, whose act is called otherwise."""
    for collection in registry().collections.values():
        view = import_string(collection.view)
        act = f"{view.resource}.change"
        serializer = getattr(view, "serializer_class", None)
        model = getattr(getattr(serializer, "Meta", None), "model", None)
        if act not in registry().acts or model is None:
            continue
        named = {field.name for field in model._meta.get_fields()}
        for name, field in serializer().fields.items():
            if not field.read_only and name in named:
                yield model._meta.label_lower, act, name
    for name in SETTABLE:
        yield ScoringSettings._meta.label_lower, "scoring_settings.change", name


def test_every_field_that_can_be_changed_has_a_word_of_its_own():
    fields = list(changed_fields())
    assert {("customers.customer", "customer.change", "referred_by")} <= set(fields)
    with translation.override("zh-hans"):
        shown = {(act, name): field_word(AuditEntry(act=act, object_type=model), name) for model, act, name in fields}
    assert [asked for asked, word in shown.items() if word.isascii()] == []


def lines_with_every_code(cast: Any, customer: Customer) -> None:
    """A line for each code that a detail may hold, and for each field that an act may name."""
    for act in registry().acts:
        for name in sorted({name for of, name in details_of_acts() if of == act}):
            detail = registry().detail(name, act)
            for code in detail.codes() if detail is not None and detail.codes is not None else ():
                audit.record(act, by=cast.lead, **{name: [code, code] if detail.before_after else code})
    by_act: dict[tuple[str, str], list[str]] = {}
    for model, act, name in changed_fields():
        by_act.setdefault((model, act), []).append(name)
    for (model, act), names in by_act.items():
        rows = apps.get_model(model)._base_manager
        audit.record(act, by=cast.lead, on=rows.first() or rows.model(pk=1), fields=names)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_line_shows_a_code_in_either_language(language, cast, customer):
    """Complaint states as they are stored (satisfaction_asked), fields as the tables call them (referred_by)."""
    lines_with_every_code(cast, customer)
    rows = list(AuditEntry.objects.all())
    assert {"complaint.move", "order.create", "complaint_hours.change", "customer.change"} <= {row.act for row in rows}
    details = Details(Names(cast.admin, rows))
    raw = []
    with translation.override(language):
        for row in rows:
            changes, notes = details.of(row)
            said = [str(part) for change in changes for part in change] + [str(part) for note in notes for part in note]
            for text in map(strip_tags, said):
                if CODE.search(text) or (language == "zh-hans" and CODES_IN_LATIN.fullmatch(text)):
                    raw.append((row.act, text))
    assert raw == []


def test_the_walk_would_see_a_code():
    assert CODE.search("state satisfaction_asked")
    assert CODES_IN_LATIN.fullmatch("graded")
    assert not CODES_IN_LATIN.fullmatch("已评级")
