"""What words of files mean: kinds of customers, sexes, calendars."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from customers.models import Contact, Gender, PriceSensitivity, Reason
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
_LOW, _MID, _HIGH = PriceSensitivity
SENSITIVITIES = {
    **dict.fromkeys(("low", "低", "不敏感"), _LOW),
    **dict.fromkeys(("medium", "mid", "中", "一般"), _MID),
    **dict.fromkeys(("high", "高", "敏感"), _HIGH),
}
REASONS = {
    **dict.fromkeys(("price", "价格", "价钱"), Reason.PRICE),
    **dict.fromkeys(("performance", "quality", "性能", "质量", "品质"), Reason.PERFORMANCE),
    **dict.fromkeys(("trust", "信任", "信誉"), Reason.TRUST),
    **dict.fromkeys(("feeling", "感觉", "情感"), Reason.FEELING),
}


def price_sensitivity(text: str) -> str:
    """How closely somebody looks at the price; BadCellError for another word."""
    found = SENSITIVITIES.get(word(text))
    if found is None:
        raise BadCellError(_("“%(value)s” is no price sensitivity. Write low, medium or high.") % {"value": text[:40]})
    return found.value


def reasons(text: str) -> list[str]:
    """What decides a purchase, several with commas between; BadCellError for another word."""
    said = [part.strip() for part in re.split(r"[,，;；、|/+]", text) if part.strip()]
    unknown = next((part for part in said if word(part) not in REASONS), None)
    if unknown is not None:
        refusal = _("“%(value)s” decides no purchase. Write price, performance, trust or feeling, or several of them.")
        raise BadCellError(refusal % {"value": unknown[:40]})
    given = {REASONS[word(part)] for part in said}
    return [reason.value for reason in Reason if reason in given]


# What a contact person has to say in decisions, by the codes, the words of the pages and others.
_ROLE = Contact.Authority
AUTHORITIES = {
    **dict.fromkeys(("decider", "decides", "decision maker", "决策者", "决策人", "拍板人", "有决策权"), _ROLE.DECIDER),
    **dict.fromkeys(("influencer", "influences", "影响者", "有影响力"), _ROLE.INFLUENCER),
    **dict.fromkeys(("user", "uses", "end user", "使用者", "最终用户"), _ROLE.USER),
    **dict.fromkeys(
        ("evaluator", "evaluates", "evaluates technically", "technical buyer", "技术评估", "技术评估者", "技术评估人"),
        _ROLE.EVALUATOR,
    ),
    **dict.fromkeys(("champion", "speaks for us", "coach", "内部支持者", "支持者", "为我们说话"), _ROLE.CHAMPION),
}


def authority(text: str) -> str:
    """What a cell says a contact has to decide; BadCellError for another word."""
    found = AUTHORITIES.get(word(text))
    if found is None:
        refusal = _("“%(value)s” is no part in decisions. Write decides, influences, uses, evaluates or speaks for us.")
        raise BadCellError(refusal % {"value": text[:40]})
    return found


# What a cell says of being written to.
YES, NO, DO_NOT_CONTACT = "yes", "no", "do not contact"
CONSENT_WORDS = {
    **dict.fromkeys((YES, "y", "1", "true", "是", "同意", "已同意", "可以", "允许"), YES),
    **dict.fromkeys(("接受", "愿意", "订阅", "已订阅"), YES),
    **dict.fromkeys(("agreed", "granted", "opt-in", "opted in", "opt in", "subscribed"), YES),
    **dict.fromkeys((NO, "n", "0", "false", "否", "不同意", "拒绝", "不接受", "不愿意", "退订", "已退订"), NO),
    **dict.fromkeys(("refused", "declined", "opt-out", "opted out", "opt out", "unsubscribed"), NO),
    **dict.fromkeys((DO_NOT_CONTACT, "donotcontact", "dnc", "don't contact", "never"), DO_NOT_CONTACT),
    **dict.fromkeys(("请勿联系", "勿联系", "不要联系", "禁止联系", "拒绝联系", "不可联系"), DO_NOT_CONTACT),
    **dict.fromkeys(("勿扰", "请勿打扰", "免打扰"), DO_NOT_CONTACT),
}


def consent(text: str) -> str:
    """What a cell says of being written to; BadCellError for another word: nobody's consent is guessed."""
    found = CONSENT_WORDS.get(word(text))
    if found is None:
        refusal = _("“%(value)s” is no consent. Write yes, no or do not contact, or empty the cell.")
        raise BadCellError(refusal % {"value": text[:40]})
    return found


CONSENT = cellkinds.CellKind(lambda text: word(text) in CONSENT_WORDS)
CUSTOMER_KIND = cellkinds.CellKind(lambda text: word(text) in KINDS)  # of a column
