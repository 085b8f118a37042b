"""The severity of a complaint is a tag of its own and never runs into what the customer said."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from feedback.models import Complaint

pytestmark = pytest.mark.django_db
WORDS = "泡茶机出水口漏水"
SEVERITIES = [Complaint.Severity.LOW, Complaint.Severity.HIGH, Complaint.Severity.CRITICAL]


def glued(page: str, word: str) -> bool:
    """Whether the customer's words follow the severity without a sign between them, as people see and hear it."""
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    return re.search(rf"{re.escape(word)}{WORDS}", text, re.IGNORECASE) is not None


def tagged(page: str, word: str) -> bool:
    """Whether the severity stands in a tag of its own, alone or after its label."""
    tags = re.findall(r'<span class="[^"]*\btag\b[^"]*"[^>]*>(.*?)</span>', page, re.DOTALL)
    texts = [html.unescape(re.sub(r"<[^>]+>", "", tag)).strip().lower() for tag in tags]
    return any(text.endswith(word.lower()) and WORDS not in text for text in texts)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_on_today_in_the_lists_on_the_case_and_in_notices(cast, take_in, sign_in, severity, language):
    case = take_in(text=WORDS, severity=severity, owner=cast.wang)
    User.objects.filter(pk=cast.wang.pk).update(language=language)
    client = sign_in(cast.wang)
    with translation.override(language):
        word = str(case.get_severity_display())
    addresses = {
        "today": reverse("today"),
        "list": reverse("complaint_list"),
        "waiting": f"{reverse('complaint_list')}?tab=waiting",
        "case": reverse("complaint", args=[case.pk]),
        "notices": reverse("inbox"),
        "customer": reverse("customer", args=[case.customer_id]),
    }
    pages = {name: client.get(address).content.decode() for name, address in addresses.items()}
    assert {name for name, page in pages.items() if glued(page, word)} == set()
    assert {name for name in ("today", "list", "waiting", "case") if not tagged(pages[name], word)} == set()
    assert all(WORDS in pages[name] for name in ("today", "list", "case"))


def test_the_guard_sees_the_two_run_together():
    assert glued(f"<p><b>高</b><span data-user>{WORDS}</span></p>", "高")
    assert not glued(f'<p><span class="tag">高</span> {WORDS}</p>', "高")
    assert not tagged(f"<p>高{WORDS}</p>", "高")
