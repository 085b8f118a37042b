"""The controls of forms are put together by functions, and are what Django's own templates make of them."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

CHOICES = [("", "—"), ("a", "<b>A</b>"), (1, mark_safe("<i>1</i>")), (_("Save"), [("x", _("Save")), ("y", 'a "y"')])]
ATTRS = {"id": "id_f", "class": "input", "data-x": 'a"<', "required": True, "disabled": False}


class Parts(HTMLParser):
    """What a browser reads, without the blanks between elements."""

    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.parts.append((tag, attrs))

    def handle_endtag(self, tag):
        self.parts.append(("/", tag))

    def handle_data(self, data):
        self.parts += [data.strip()] * bool(data.strip())


def same(draw):
    return Parts(draw(get_default_renderer())).parts == Parts(draw(DjangoTemplates())).parts


@pytest.mark.parametrize("value", [None, "", "a", 1, "<&\"'", "x"])
@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput,
        forms.NumberInput,
        forms.CheckboxInput,
        forms.HiddenInput,
        forms.PasswordInput,
        forms.Textarea,
        lambda: forms.Select(choices=CHOICES),
        lambda: forms.RadioSelect(choices=CHOICES),
        lambda: forms.SelectMultiple(choices=CHOICES),
        lambda: forms.CheckboxSelectMultiple(choices=CHOICES),
        forms.FileInput,
    ],
)
def test_every_widget(widget, value):
    made = widget()
    assert same(lambda renderer: made.render("f", value, ATTRS, renderer))
    assert same(lambda renderer: made.render("f", value, None, renderer))


def test_each_option_alone():
    class Form(forms.Form):
        f = forms.ChoiceField(choices=CHOICES[:3], widget=forms.RadioSelect)

    def options(wrapped):
        return lambda renderer: "".join(
            option.tag(wrap_label=wrapped) for option in Form(initial={"f": "a"}, renderer=renderer)["f"]
        )

    assert same(options(True))
    assert same(options(False))
    assert "checked" in options(False)(get_default_renderer())
