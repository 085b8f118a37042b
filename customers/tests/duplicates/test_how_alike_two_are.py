"""What two customers share says how sure it is that they are one: pure, the same for form and sweep."""

import pytest

from customers.duplicates import likeness
from customers.duplicates.likeness import CERTAIN, LIKELY, POSSIBLE
from customers.models import Alike, Strength


@pytest.mark.parametrize(
    ("alike", "companies", "expected"),
    [
        ("c", False, CERTAIN),
        ("pn", False, CERTAIN),
        ("en", False, CERTAIN),
        ("pe", False, LIKELY),
        ("ps", False, LIKELY),
        ("k", True, LIKELY),
        ("nr", True, LIKELY),
        ("n", True, POSSIBLE),
        ("p", False, POSSIBLE),
        ("e", False, POSSIBLE),
        ("nr", False, POSSIBLE),
        ("sr", True, POSSIBLE),
        ("n", False, ""),
        ("s", True, ""),
        ("r", True, ""),
    ],
)
def test_what_they_share_gives_the_strength(alike, companies, expected):
    assert likeness.strength(alike, companies=companies) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("恒远机械有限公司", "恒远机械"),
        ("ＡＢＣ Trading Co., Ltd.", "abc trading"),
        ("Müller GmbH", "Muller"),
        ("上海恒远机械股份有限公司", "上海恒远机械有限责任公司"),
    ],
)
def test_legal_forms_width_case_and_accents_make_no_difference(one, other):
    assert likeness.name_keys(one) == likeness.name_keys(other)


def test_pinyin_sounds_like_the_characters():
    (sound,) = {key for key in likeness.name_keys("恒远机械") if key.startswith("s:")}
    assert sound in likeness.name_keys("Hengyuan Jixie")
    assert likeness.name_keys("恒远机械") != likeness.name_keys("恒源机械")


def test_of_a_number_only_one_of_their_own_is_compared():
    assert likeness.file_keys(name="K0000007", number="K0000007", credit_code="") == set()
    assert likeness.file_keys(name="", number="Ｃ-1", credit_code="9131 0000x") == {"k:c-1", "c:91310000x"}


def test_the_letters_and_strengths_are_those_of_the_table():
    letters = "".join(
        getattr(likeness, name) for name in ("CREDIT_CODE", "PHONE", "EMAIL", "NAME", "SOUND", "NUMBER", "PLACE")
    )
    assert list(letters) == Alike.values
    assert list(likeness.RANKS) == Strength.values
