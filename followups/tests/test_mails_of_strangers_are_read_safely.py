"""Whatever bytes arrive as a mail, what is made of them is text, in little time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups.incoming.mail import letters, read_mail, text_of, unquoted
from followups.incoming.words import is_refusal


def mail(body: bytes, head: bytes = b"Content-Type: text/plain") -> bytes:
    return b"From: a@b.example\r\nMessage-ID: <x@b.example>\r\n" + head + b"\r\n\r\n" + body


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(data):
    assert "\0" not in read_mail(data).text


@given(st.text(max_size=500))
def test_any_html_becomes_text(text):
    assert isinstance(text_of(text), str)


def test_html_is_text_alone():
    body = b"<style>p{}</style><p>Hello&nbsp;<b>you</b></p><script>alert(1)</script><!-- <p>no</p> --><div>there</div>"
    assert read_mail(mail(body, b"Content-Type: text/html")).text == "Hello you\n\nthere"


@pytest.mark.parametrize(
    "body",
    [b"<" * 200_000, b"<!--" * 60_000, b"<script>" * 30_000, b"&" * 200_000, b"<a " * 80_000, b"> " * 90_000],
)
def test_hostile_html_takes_no_time(body):
    begun = time.process_time()
    read_mail(mail(body, b"Content-Type: text/html"))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("depth", [50, 3000])
def test_parts_in_parts_end(depth):
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(depth)
    )
    begun = time.process_time()
    read_mail(b"From: a@b.example\r\n" + head + b"Content-Type: text/plain\r\n\r\nx")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("gb2312", "你好".encode("gb18030"), "你好"),
        ("utf-8", "你好".encode("gb18030"), "你好"),
        ("no-such", "你好".encode(), "你好"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("punycode", b"abc", "abc"),
        ("utf-16", b"\xff", "\ufffd"),
        ("hex", b"zz", "zz"),
    ],
)
def test_a_wrong_charset_is_no_error(charset, data, text):
    assert letters(data, charset) == text


def test_nul_bytes_and_turned_names_are_cleaned():
    read = read_mail("From: \u202eevil <a@b.example>\r\nSubject: a\0b\r\n\r\nx\0y".encode())
    assert "\0" not in read.subject + read.text
    assert "\u202e" not in read.name


@pytest.mark.parametrize(
    "line", ["From: a@b.example\r\nFrom: c@d.example", "From: a@b.example, c@d.example", "X: y", "From: nobody"]
)
def test_an_unclear_sender_is_nobody(line):
    assert read_mail(f"{line}\r\n\r\nx".encode()).email == ""


@pytest.mark.parametrize(
    "quoted",
    [
        "ok\n\nOn Mon, 24 Nov 2026, Wang wrote:\n> old",
        "ok\n> old",
        "ok\n-----原始邮件-----\nold",
        "ok\n发件人: 王\n发送时间: 今天\n收件人: 李\nold",
        "ok\n________________\nold",
    ],
)
def test_what_is_quoted_is_left_out(quoted):
    assert unquoted(quoted) == "ok"


def test_an_answer_below_the_quote_is_kept():
    assert "answer" in unquoted("> old\n\nanswer")


def test_a_refusal_is_all_of_the_message():
    assert is_refusal("ＳＴＯＰ！")
    assert not is_refusal("stop it, I was joking")
    assert not is_refusal("T恤还有吗")
