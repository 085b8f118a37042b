"""Which fields the company asks for in a customer's file."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from customers.models.customer import Kind
from customers.models.levels import Level


def _asked(words: Any) -> models.CharField:
    return models.CharField(words, max_length=6, choices=Level, default=Level.NO)


class RequiredFields(Stamped, Versioned):
    """What the files of one kind of customer are to hold (customers/required.py); the name is always needed.

    A column a field, so that two people who change different ones don't meet. `reach` is one of phone, e-mail and
    WeChat, whichever; `contact` a person at a company.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, primary_key=True)
    reach = _asked(_("phone, e-mail or WeChat"))
    contact = _asked(_("contact person"))
    channel = _asked(_("source channel"))
    phone = _asked(_("phone"))
    email = _asked(_("e-mail"))
    wechat = _asked(_("WeChat"))
    region = _asked(_("region"))
    address = _asked(_("address"))
    industry = _asked(_("industry"))
    company_size = _asked(_("company size"))
    market_standing = _asked(_("market standing"))
    business_scope = _asked(_("business scope"))
    credit_code = _asked(_("credit code"))
    founded_on = _asked(_("founded on"))
    occupation = _asked(_("occupation"))
    hobbies = _asked(_("hobbies"))
    gender = _asked(_("sex"))
    birthday = _asked(_("birthday"))
    income_band = _asked(_("income band"))
    spending_habits = _asked(_("spending habits"))
    personality = _asked(_("personality"))
    communication_style = _asked(_("communication style"))
    decision_style = _asked(_("decision style"))
    price_sensitivity = _asked(_("price sensitivity"))
    reasons = _asked(_("what decides a purchase"))
