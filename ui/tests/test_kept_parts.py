"""A part of a page that is drawn once per process shows nothing but what it is kept for."""

import pytest
from django.template import Context, Template
from django.template.base import Variable
from django.urls import reverse
from django.utils import translation

from ui import icons
from ui.kept import MOST, KeptNode

pytestmark = pytest.mark.django_db


def drawn(template, **values):
    return template.render(Context(values)).strip()


def test_equal_values_are_drawn_once_and_others_anew():
    template = Template("{% kept name %}{{ name }} {{ other }}{% endkept %}")
    assert drawn(template, name="a", other=1) == "a 1"
    assert drawn(template, name="a", other=2) == "a 1"
    assert drawn(template, name="b", other=2) == "b 2"


def test_each_language_has_its_own():
    template = Template('{% kept %}{% trans "Save" %}{% endkept %}')
    with translation.override("zh-hans"):
        chinese = drawn(template)
    assert drawn(template) == "Save" != chinese


def test_its_icons_reach_the_sprite_of_every_page():
    template = Template('{% icons %}{% kept %}{% icon "bell" %}{% endkept %}{% endicons %}')
    assert drawn(template) == drawn(template)
    assert 'id="i-bell"' in drawn(template)
    alone = Template('{% kept %}{% icon "bell" %}{% endkept %}')
    with icons.collecting():
        assert "<use" in drawn(alone)
    assert "<path" in drawn(alone)


def test_what_is_kept_is_bounded():
    template = Template("{% kept n %}{{ n }}{% endkept %}")
    for n in range(MOST + 3):
        drawn(template, n=n)
    assert len(template.nodelist[0].drawn) == 3


@pytest.mark.parametrize("page", ["today", "customer_list", "profile", "team", "follow_up_list"])
def test_no_part_shows_what_it_is_not_kept_for(page, cast, customer, sign_in, monkeypatch):
    """Every variable from outside that is read while a part is drawn is one of its values, or lies behind one."""
    names, read = [], []
    draw, resolve = KeptNode._draw, Variable.resolve

    def watched(node, context):
        names.append((set(context.flatten()) - {"True", "False", "None"}, {str(value) for value in node.values}))
        html = draw(node, context)
        names.pop()
        assert "csrfmiddlewaretoken" not in html
        return html

    def noted(variable, context):
        if names and variable.lookups:
            outside, values = names[-1]
            path = ".".join(variable.lookups)
            if variable.lookups[0] in outside and not any(path == v or path.startswith(f"{v}.") for v in values):
                read.append(path)
        return resolve(variable, context)

    monkeypatch.setattr(KeptNode, "_draw", watched)
    monkeypatch.setattr(Variable, "resolve", noted)
    monkeypatch.setattr(KeptNode, "render", lambda node, context: watched(node, context)[0])
    assert sign_in(cast.lead).get(reverse(page)).status_code == 200
    assert read == []
