"""The page of settings has its cards in sections, each once, in their order."""

from __future__ import annotations

import pytest

from core.contributions import registry

pytestmark = pytest.mark.django_db


def test_every_card_stands_in_one_section(cast, sign_in):
    sections = sign_in(cast.admin).get("/settings/").context["sections"]
    names = [name for name, _cards in sections]
    assert len(set(names)) == len(names) > 3
    shown = [card.page for _name, cards in sections for card in cards]
    assert shown == [card.page for card in registry().settings_cards if cast.admin.can(card.permission)]
