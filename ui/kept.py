"""Parts of a template that a process draws once for equal values: `{% kept VALUES %} ... {% endkept %}`.

The menu, the dialogs and the head of a page look the same on nearly every request, and drawing them took a third of its
time. What the part shows must follow from the values named, the language and the addresses; whatever else it would show
(a CSRF token, the request, the time of day) stays outside. Values are compared by equality, so pass what is shown and
not the row it comes from: a row is equal to its former self. Kept in the template itself, so that with the reloading
server, which reads templates anew, nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from django import template
from django.conf import settings
from django.template import Context
from django.template.base import FilterExpression
from django.utils.translation import get_language

from ui import icons

MOST = 500  # different values of one part, after which it begins again


class KeptNode(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: template.NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self.drawn: dict[Hashable, tuple[str, frozenset[str]]] = {}

    def render(self, context: Context) -> str:
        values = [value.resolve(context) for value in self.values]
        key = (get_language(), settings.ROOT_URLCONF, icons.are_collected(), *values)
        kept = self.drawn.get(key)
        if kept is None:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            self.drawn[key] = kept = self._draw(context)
        html, used = kept
        icons.note(used)
        return html

    def _draw(self, context: Context) -> tuple[str, frozenset[str]]:
        """The part and the icons in it, which the page's sprite needs also when the part is drawn no more."""
        with context.push():  # what a tag sets inside would be missing the next time
            if not icons.are_collected():
                return self.nodelist.render(context), frozenset()
            with icons.collecting() as used:
                html = self.nodelist.render(context)
            return html, frozenset(used)
