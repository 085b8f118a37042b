"""A new password is long, varied and not guessed soon; each refusal says why and what is better."""

import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import User
from accounts.passwords import temporary
from accounts.tests.helpers import text_of
from conftest import PASSWORD
from core.models import Company

pytestmark = pytest.mark.django_db
RUNS = """
    aaaaaaaaaaaa 123456789012 987654321098 abcdefghijkl abcabcabcabc 121212121212 123123123123
    111111222222 qwertyuiop12 asdfghjkl123 zxcvbnm12345 1qaz2wsx3edc 1q2w3e4r5t6y qwer1234asdf
    zaq12wsxcde3 ababababababab 888888888888 5201314520131 1314520131452
"""
COMMON = """
    Welcome12345 Aa123456789! admin1234567 Admin@123456 Admin@2024!! P@ssw0rd1234 p@55w0rd1234
    password1234 Passw0rd!2024 letmein12345 iloveyou1234 changeme1234 Welcome@2026 !Welcome123!
    12345Welcome wel-come-12345 W3lcome12345 Summer2026!! Winter2025!! football2024 monkey123456
    dragon888888 Abc123456789 a1b2c3d4e5f6 helloworld12 welcomewelcome woaini1314520 iloveyou5201314
    woaiwojia123 wodemima1234 woshishei123 nihao1234567 nihaoshijie1 woaizhongguo zhongguo2026
    laopo5201314 baobei520131 aini1314aini mima12345678 taobao123456 weixin123456 Beijing2024!
    Shanghai2026 zhangwei1234 Zhang123456! liming123456 wang19900101 qq1234567890 Xiaoming1234
"""
OWN = """
    Keben2026!!! keben-keben-1 keben2026keben!! 客本客本客本客本客本客本 Hengyuan2026! 恒远机械恒远机械恒远机械
    wangxiaoming1 WangXiaoMing@1 13967283415wang wang13967283415
    wang@example.com 王小明王小明王小明王小明
"""
GOOD = [
    "correct horse battery staple",
    "twelve lamps on the pier",
    "今天天气很好我们去公园散步",
    "我家门前有两棵枣树和一只猫",
    "Ich fahre 3mal mit dem Rad!",
    "woxihuanchipingguohexiangjiao",
    "vtx9-kq2m-hb7z-wn4p",
    "Xk7#mPq2Lw9z",
    "tR8vN2qLx5Wd",
    "qinghuasi-lvcha-maizi",
    "wang likes seven grey herons",
    PASSWORD,
]


@pytest.fixture
def person(cast: Any) -> User:
    Company.objects.update_or_create(pk=1, defaults={"name": "Hengyuan 恒远机械", "time_zone": "Asia/Shanghai"})
    cast.wang.name, cast.wang.mobile = "王小明", "+8613967283415"
    return cast.wang


def _refused(password: str, person: User) -> list[str]:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("password", RUNS.split())
def test_runs_and_repeats(person: User, password: str) -> None:
    assert re.search("run or a repeat|digits|5 different", " ".join(_refused(password, person)))


@pytest.mark.parametrize("password", COMMON.split())
def test_common_words_with_signs_around_or_between(person: User, password: str) -> None:
    assert "Too easy to guess" in " ".join(_refused(password, person))


@pytest.mark.parametrize("password", OWN.split())
def test_names_addresses_and_numbers_of_the_person_and_the_company(person: User, password: str) -> None:
    assert "Too easy to guess" in " ".join(_refused(password, person))


@pytest.mark.parametrize("password", GOOD)
def test_sentences_and_random_ones_pass(person: User, password: str) -> None:
    assert _refused(password, person) == []


def test_the_twin_with_other_words_passes(person: User) -> None:
    """It is the words that are refused, not their length or form."""
    assert _refused("Zufriedenheit@2024!!", person) == []


def test_a_very_long_one_is_judged_quickly(person: User) -> None:
    assert _refused("abcdefghij" * 25, person)
    assert _refused("4@8({[<369 p0q!" * 16, person) == []


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "123456789012", "Welcome12345", "Keben2026!!!", "kurz"])
def test_each_sentence_is_in_one_language_and_says_what_is_better(person: User, password: str) -> None:
    with translation.override("zh-hans"):
        said = " ".join(_refused(password, person))
    assert re.search("[一-鿿]", said)
    assert not re.search("[A-Za-z]", said)
    assert not re.search("[一-鿿]", " ".join(_refused(password, person)))


ODD = ["", "!!!!!!!!!!!!", " " * 20, "🙂" * 12, "\ud800" * 12, "１２３４５６７８９０１２", "ｗｅｌｃｏｍｅ１２３４５"]


@pytest.mark.parametrize("password", ODD)
def test_odd_ones_are_refused_like_others(person: User, password: str) -> None:
    assert _refused(password, person)


def test_the_page_says_it_at_the_field(sign_in: Any, cast: Any) -> None:
    sent = {"old_password": PASSWORD, "new_password1": "Welcome12345", "new_password2": "Welcome12345"}
    response = sign_in(cast.wang).post("/password/change/", sent)
    assert response.status_code == 422
    assert "Too easy to guess: mostly a common word" in text_of(response)


def test_temporary_ones_would_pass_themselves(person: User) -> None:
    assert not any(_refused(temporary(), person) for _n in range(20))
