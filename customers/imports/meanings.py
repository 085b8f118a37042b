"""What words of files mean: kinds of customers, sexes, calendars."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from customers.models import Gender
from customers.models import Kind as CustomerKind
from intake import cellkinds
from intake.spelling import word

_PERSON, _COMPANY, _UNKNOWN = CustomerKind.PERSON, CustomerKind.COMPANY, CustomerKind.UNKNOWN
KINDS = {
    "person": _PERSON, "individual": _PERSON, "private": _PERSON, "consumer": _PERSON, "b2c": _PERSON, "个人": _PERSON,
    "自然人": _PERSON, "个人客户": _PERSON, "个人用户": _PERSON, "消费者": _PERSON,
    "company": _COMPANY, "business": _COMPANY, "organisation": _COMPANY, "organization": _COMPANY, "firm": _COMPANY,
    "enterprise": _COMPANY, "corporate": _COMPANY, "b2b": _COMPANY, "公司": _COMPANY, "企业": _COMPANY,
    "单位": _COMPANY, "机构": _COMPANY, "法人": _COMPANY, "企业客户": _COMPANY, "公司客户": _COMPANY,
    "unknown": _UNKNOWN, "未知": _UNKNOWN,
}  # fmt: skip


def customer_kind(text: str) -> str:
    """The kind that a cell names; BadCellError for another word: nobody's kind is guessed."""
    found = KINDS.get(word(text))
    if found is None:
        raise BadCellError(_("“%(value)s” is no kind. Write person, company or unknown.") % {"value": text[:40]})
    return found


# Whether a birthday is one of the lunar calendar.
CALENDARS = {
    **dict.fromkeys(("农历", "阴历", "旧历", "lunar", "是", "yes", "y", "1", "true"), True),
    **dict.fromkeys(("公历", "阳历", "新历", "西历", "solar", "gregorian", "否", "no", "n", "0", "false"), False),
}
GENDERS = {
    "f": Gender.FEMALE, "female": Gender.FEMALE, "woman": Gender.FEMALE, "女": Gender.FEMALE, "女士": Gender.FEMALE,
    "m": Gender.MALE, "male": Gender.MALE, "man": Gender.MALE, "男": Gender.MALE, "男士": Gender.MALE,
    "先生": Gender.MALE, "女性": Gender.FEMALE, "男性": Gender.MALE,
}  # fmt: skip
CUSTOMER_KIND = cellkinds.CellKind(lambda text: word(text) in KINDS)  # of a column
