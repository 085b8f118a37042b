"""The WSGI entry point: gunicorn serves `application`."""

import gc
import importlib
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
Wsgi = Callable[..., Iterable[bytes]]
SLOTS = 1 << 15


def with_room(serve: Wsgi) -> Wsgi:
    """`serve`, called from a frame so large that the frames of a whole request fit behind it.

    CPython 3.11 to 3.14 keep frames in chunks of 16 KB and return a chunk to the system as soon as its last frame
    ends (gh-142183). Rendering a page crosses such a border thousands of times: measured 2,200 page faults and half
    of the time of Today. A frame that asks for more than a chunk gets one of its own, of the next power of two.
    """

    def roomy(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return serve(environ, start_response)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=SLOTS)
    return roomy


application = with_room(get_wsgi_application())
# Loaded once for all workers, not in the first requests of each: the pages; the texts of both languages; pinyin, which
# takes 55 MB and more than a second (customers/words.py).
for name in (settings.ROOT_URLCONF, "pypinyin"):
    importlib.import_module(name)
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        translation.gettext("Sign in")
# What is loaded now stays for good: the garbage collector needn't walk through it in the middle of a request.
gc.collect()
gc.freeze()
