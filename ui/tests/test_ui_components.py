"""The template tags write what screen readers, keyboards and a strict CSP need, and escape what people typed."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core.paging import Page
from ui import icons
from ui.listing import Head

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the licence")
    result = forms.ChoiceField(label="Result", choices=[("a", "Reached"), ("b", "Declined")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Consent", required=False)


def test_an_icon_alone_draws_itself():
    drawn = draw('{% icon "phone" %}')
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn


def test_a_page_carries_each_icon_once():
    drawn = draw('{% icons %}{% icon "phone" %}{% icon "phone" %}{% icon "mail" %}{% endicons %}')
    assert drawn.count("<path id=") == drawn.count("<path") == 2  # one element each
    assert drawn.count('href="#i-phone"') == 2


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ({"circle": {"cx": "12", "cy": "12", "r": "10"}}, "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z"),
        ({"ellipse": {"cx": "12", "cy": "5", "rx": "9", "ry": "3"}}, "M3 5a9 3 0 1 0 18 0a9 3 0 1 0 -18 0z"),
        ({"line": {"x1": "2", "y1": "3", "x2": "4", "y2": "5"}}, "M2 3L4 5"),
        ({"polyline": {"points": "9,18 15,12 9,6"}}, "M9 18 15 12 9 6"),
        ({"polygon": {"points": "1 2 3 4 5 6"}}, "M1 2 3 4 5 6z"),
        ({"rect": {"x": "3", "y": "4", "width": "18", "height": "16"}}, "M3 4h18v16h-18v-16z"),
        (
            {"rect": {"x": "3", "y": "4", "width": "18", "height": "16", "rx": "2"}},
            "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2z",
        ),
        ({"path": {"d": "m6 6 12 12"}}, "M0 0m6 6 12 12"),
    ],
)
def test_each_shape_of_an_icon_is_drawn_as_a_line(at, line):
    ((shape, places),) = at.items()
    assert icons.AS_LINE[shape](places) == line


def test_what_is_filled_stays_a_shape_of_its_own():
    line, others = icons._line("tag")
    assert line
    assert ['fill="currentColor"' in shape for shape in others] == [True]
    assert draw('{% icons %}{% icon "tag" %}{% endicons %}').count('<g id="i-tag">') == 1


def test_a_failing_page_leaves_no_sprite_behind():
    with pytest.raises(ZeroDivisionError), icons.collecting():
        raise ZeroDivisionError
    assert "<use" not in icons.icon("phone")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(icons.IconDoesNotExist):
        draw('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% tag evil %}",
        "{% button evil %}",
        "{% button 'x' href=evil %}",
        "{% button 'x' data_x=evil %}",
        "{% icon_button evil 'x' %}",
        "{% customer evil evil %}",
        "{% avatar evil %}",
        "{% fact evil evil evil %}",
        "{% kpi evil evil unit=evil delta=evil note=evil %}",
        "{% filter_chip evil evil evil %}",
        "{% tab evil evil count=evil %}",
        "{% empty evil evil href=evil action=evil %}",
        "{% banner %}{{ evil }}{% endbanner %}",
        "{% event evil 'phone' extra=evil %}{{ evil }}{% endevent %}",
        "{% steps words 1 %}",
        "{% twin words rows %}",
        "{{ evil|typed }}{{ evil|lines_typed }}",
    ],
)
def test_no_component_lets_markup_through(source):
    drawn = draw(source, evil=EVIL, words=[EVIL], rows=[[EVIL]])
    assert "<script" not in drawn


def test_a_button_with_an_address_is_a_link_and_else_submits():
    assert draw("{% button 'Plan' href='/x/' %}").startswith("<a ")
    assert 'type="submit"' in draw("{% button 'Save' %}")
    assert "disabled>" in draw("{% button 'Save' disabled=True %}")


def test_a_tier_shows_letter_and_word_in_its_colour():
    gold = SimpleNamespace(code="A", name="high-value", slot=2)
    assert "tier slot-2" in draw("{% tier t %}", t=gold)
    assert '<span class="visually-hidden">high-value</span>' in draw("{% tier t word=False %}", t=gold)
    assert "Unrated" in draw("{% tier t %}", t=None)


def test_the_arrow_says_the_direction_and_the_colour_whether_it_is_good():
    falling_complaints = draw("{% move '0.5' -1 good=True %}")
    assert "▼" in falling_complaints
    assert 'class="move up"' in falling_complaints


def test_a_clock_knows_its_states():
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    clocks = {
        "left": {"due": now + 20 * hour, "start": now - 4 * hour},
        "warn": {"due": now + hour, "start": now - 23 * hour},
        "Breached": {"due": now - hour, "start": now - 25 * hour},
        "No time limit": {"due": None, "start": None},
    }
    for words, clock in clocks.items():
        assert words in draw("{% sla due start %}", **clock)
    assert "Answered in 2 h" in draw("{% sla due start stop %}", due=now, start=now - 3 * hour, stop=now - hour)


def test_a_field_links_label_hint_error_and_control():
    drawn = draw("{% field form.name %}", form=SampleForm({}))
    assert '<label for="id_name">' in drawn
    assert 'aria-describedby="id_name-error id_name-hint"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name-error"' in drawn
    assert "required" in drawn


def test_radios_become_chips_in_a_named_group():
    drawn = draw("{% field form.result %}", form=SampleForm())
    assert "<fieldset" in drawn
    assert re.search(r"<legend>\s*Result", drawn)
    assert drawn.count('class="chip square"') == 2


def test_the_error_summary_leads_to_each_field():
    drawn = draw("{% error_summary form %}", form=SampleForm({}))
    assert 'href="#id_name"' in drawn
    assert 'href="#id_result_0"' in drawn
    assert 'role="alert"' in drawn
    assert draw("{% error_summary form %}", form=SampleForm()).strip() == ""


def _with_request(source: str, address: str, **context: object) -> str:
    request = RequestFactory().get(address)
    return Template(source).render(RequestContext(request, {"request": request, **context}))


def test_the_pager_keeps_the_filters():
    drawn = _with_request("{% pager page %}", "/customers/?tier=A&cursor=old", page=Page([1, 2], "new", None))
    assert "tier=A&amp;cursor=new" in drawn
    assert 'rel="next"' in drawn
    assert 'rel="prev"' not in drawn


def test_a_sorted_column_says_so_and_turns_round():
    drawn = draw("{% sort_header head %}", head=Head("Name", url="?sort=-name", state="ascending"))
    assert drawn == '<th scope="col" aria-sort="ascending"><a href="?sort=-name">Name ↑</a></th>'


class ChoosingForm(forms.Form):
    needed = forms.ChoiceField(choices=[("", "---------"), ("a", gettext_lazy("masked"))])
    wanted = forms.ChoiceField(choices=[("", "---------"), ("b", "typed by a person")], required=False)


def test_an_empty_choice_is_a_word_and_choices_begin_with_a_capital():
    drawn = draw("{% field f.needed %}{% field f.wanted %}", f=ChoosingForm())
    assert "---" not in drawn
    assert ">Please choose<" in drawn
    assert ">—<" in drawn
    assert ">Masked<" in drawn
    assert ">typed by a person<" in drawn


def test_drawing_a_form_leaves_it_as_it_was():
    form = ChoosingForm()
    draw("{% field f.needed %}", f=form)
    assert form.fields["needed"].choices == ChoosingForm().fields["needed"].choices
    assert form.fields["needed"].widget.choices == ChoosingForm().fields["needed"].widget.choices


def test_a_tag_begins_with_a_capital_but_keeps_markup():
    assert ">Late entry</span>" in draw('{% tag "late entry" %}')
    assert "<b>x</b>" in draw("{% tag label %}", label=mark_safe("<b>x</b>"))


@pytest.mark.parametrize(("good", "css"), [("", "up"), (None, "up"), (True, "up"), (False, "down")])
def test_a_rise_is_good_unless_the_measure_says_otherwise(good, css):
    """A value that a template doesn't have arrives as an empty text."""
    assert f'class="move {css}"' in draw('{% move "1.2" 1 good=good %}', good=good)


def test_tabs_group_thousands():
    assert ">1,965<" in draw('{% tab "All" "/" count=1965 %}')
