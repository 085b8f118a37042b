"""A Chinese text holds no foreign words but names, units, file formats and what a person types literally."""

import re

import polib
import pytest

from core import translations

# Not for reading: moments, tags, places for values, addresses and commands.
PLACES = re.compile(r"\d{4}-\d\d-\d\dT[\d:+]+|<[^>]+>|%\(\w+\)[sd]|\{\w+\}|%[sd%]")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9]|[A-Za-z]")
NAMES = {"RFM", "R", "F", "M", "CSAT", "NPS", "SKU", "API", "OpenAPI", "Cookie", "Ctrl", "L", "N", "J", "K"}
FORMATS = {"CSV", "XLSX", "Excel", "gzip", "gz", "UTF-8", "UTF-16", "GBK", "GB18030", "E.164"}
FORMATS |= {"JSON", "PDF", "HTML", "XML", "PNG", "JPEG", "WebP", "HEIC", "AVIF", "MP3", "M4A", "SHA-256"}
FORMATS |= {"Office", "Word", "PowerPoint", "docx", "pptx"}
NAMES |= {"Keben", "iPhone", "iPad", "Safari", "Wi-Fi", "CA", "PostgreSQL", "pg_dump", "Debian", "Ubuntu", "IP"}
NAMES |= {"BANT", "FAINT", "AUC", "Brier", "MAP", "MLE"}
UNITS = {"MB", "GB", "n"}
TYPED = {
    *("date-format", "true", "false", "Content-Length", "NUL"),
    *("Asia/Shanghai", "CNY", "USD", "amount", "quantity", "ordered_at", "contact_name", "name", "number"),
    *("email", "mobile", "role", "birthday_is_lunar"),
    *("manual", "plan", "none", "person", "company", "unknown", "user:ID", "team:ID", "import_rates", "source", "map"),
    *("EMAIL_URL", "bin/manage", "changepassword", "confirm_clock", "withdraw_runs"),
    *("bin/start", "ETag", "If-Match", "Idempotency-Key", "total", "sample.xlsx", "photo.heic"),
    *("ALTER", "ROLE", "CREATEDB", "apt-get", "install", "postgresql-client", "KEBEN_PGBIN", "DATABASE_URL"),
    *("data", "NEW", "FILE", "restore", "restore_drill", "env", "SECRET_KEY", "clear_demo"),
    *("OUTBOUND_ALLOW", "WEBHOOK_URLS", "UserID", "https", "ASCII", "README"),
    *("jpg", "png", "csv", "xlsx", "xlsb", "encoding", "header-row"),
    *("anyway", "match-by", "phone", "credit_code", "update", "skip", "make", "customer_no", "customer_name"),
}
ALLOWED = NAMES | FORMATS | UNITS | TYPED


def foreign(text: str) -> list[str]:
    """Latin words that don't belong into a Chinese text."""
    return [word for word in WORD.findall(PLACES.sub(" ", text)) if word not in ALLOWED]


def chinese() -> list[tuple[str, str]]:
    """(English, Chinese) of every translated text."""
    entries = polib.pofile(str(translations.po_file("zh_Hans")))
    return [(entry.msgid, word) for entry in entries for word in (*entry.msgstr_plural.values(), entry.msgstr) if word]


def test_no_translation_holds_foreign_words():
    assert {english: foreign(text) for english, text in chinese() if foreign(text)} == {}


def test_no_translation_ends_a_sentence_with_latin_punctuation():
    latin = re.compile(r"[一-鿿][,;:!?.]|[,;:!?][一-鿿]|[一-鿿]\(|\)[一-鿿]")
    assert {english: text for english, text in chinese() if latin.search(PLACES.sub("", text))} == {}


@pytest.mark.parametrize("text", ["请 Save 一下", "Kunden", "客户 owner"])
def test_the_guard_sees_a_foreign_word(text):
    assert foreign(text)


@pytest.mark.parametrize("text", ["导出 CSV", "%(name)s的目标", "给 <span data-user>%(name)s</span>"])
def test_the_guard_lets_names_and_places_pass(text):
    assert foreign(text) == []
