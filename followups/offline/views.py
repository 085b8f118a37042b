"""What a browser needs to be an app: its name, its service worker, the page without a network; and the outbox."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import POST, READ, needs
from accounts.http import Request
from followups.offline.arriving import BROKEN, FOREIGN, arrive
from followups.offline.forms import OfflineForm
from followups.offline.sealing import public_of
from followups.services.outbox_keys import outbox_key

WORKER = Path(__file__).parent / "service-worker.js"
# What the page without a network is made of, and the modules that write there; all others come when they are asked for.
STYLES = ("tokens", "base", "components", "cover", "followups")
PUSH = "js/push-receiver.js"
PAGE = "js/offline-page.js"
# Scripts import each other by these names, not by their hashed ones. The rest is what an open page may ask for when its
# network has gone: without it a key or a letter typed there ends in an error.
OUTBOX = ("offline", "outbox")
LATER = ("drafts", "drawer", "files", "keys", "log", "mentions", "palette")
MODULES = tuple(f"js/{name}.js" for name in (*OUTBOX, *LATER))
PAPER = "#f7f3eb"
ICONS = (("icons/seal-192.png", "192x192"), ("icons/seal-512.png", "512x512"))


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> JsonResponse:
    """The app as it is called on a home screen, in the reader's language."""
    data = {
        "id": "/",
        "name": _("Keben customer management"),
        "short_name": _("Keben"),
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static("icons/seal.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *({"src": static(path), "sizes": sizes, "type": "image/png", "purpose": "any"} for path, sizes in ICONS),
            {
                "src": static("icons/seal-maskable.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            {"name": _("Visit check-in"), "url": reverse("check_in")},
            {"name": _("Log activity"), "url": reverse("interaction_new")},
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers without a network. It changes with its files and with the reader's language."""
    script = _worker(get_language() or "")
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=8)
def _worker(language: str) -> str:
    files = [
        *(static(f"css/{name}.css") for name in STYLES),
        static(PAGE),
        *(settings.STATIC_URL + name for name in MODULES),
        static("icons/seal.svg"),
    ]
    hashed = [static(name) for name in MODULES]
    shell = render_to_string("offline/page.html", {"form": OfflineForm(), "html_lang": language})
    version = hashlib.sha256("\n".join([*files, *hashed, static(PUSH), shell]).encode()).hexdigest()[:16]
    known = {"VERSION": f"keben-{version}", "SHELL": reverse("offline"), "FILES": files}
    receiver = f"importScripts({json.dumps(static(PUSH))});\n"  # what comes by web push
    constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items())
    return constants + receiver + WORKER.read_text(encoding="utf-8")


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def shell(request: HttpRequest) -> HttpResponse:
    """The page without a network: an empty log form, and what waits in this browser. It holds nobody's data."""
    return render(request, "offline/page.html", {"form": OfflineForm()})


@needs("interaction.add", READ)
def key(request: Request) -> JsonResponse:
    """What visits are sealed with for this person."""
    row = outbox_key(user=request.user)
    public = base64.b64encode(public_of(bytes(row.private))).decode()
    return JsonResponse({"me": request.user.pk, "kid": str(row.kid), "public": public})


@needs("interaction.add", POST)
def send(request: Request) -> JsonResponse:
    """One sealed visit; the browser forgets it when the answer says saved or kept."""
    try:
        sent: Any = json.loads(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a form whose body has been read already
        sent = None
    arrival = arrive(request.user, sent if isinstance(sent, dict) else {})
    status = {FOREIGN: 409, BROKEN: 422}.get(arrival.state, 200)
    return JsonResponse({"state": arrival.state, "said": arrival.said, "url": arrival.url}, status=status)
