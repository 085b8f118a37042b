"""The certificate of an installation in an office (bin/start --lan): devices fetch it here and learn to trust it.

Without --lan there is none, and both addresses are 404. They need no sign-in: a certificate is public, and who doesn't
trust it yet shouldn't have to type a password first.
"""

import ssl
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """What to press on which device, and the fingerprint to compare."""
    digest = sha256(ssl.PEM_cert_to_DER_cert(_certificate())).hexdigest().upper()
    pairs = [digest[at : at + 2] for at in range(0, len(digest), 2)]
    lines = [":".join(pairs[at : at + 8]) for at in range(0, len(pairs), 8)]
    return render(request, "accounts/trust.html", {"fingerprint": lines})


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate itself. Without a disposition: Safari on an iPhone offers to install it then."""
    return HttpResponse(_certificate(), content_type="application/x-x509-ca-cert")


def _certificate() -> str:
    try:
        return Path(settings.LAN_CA or "/nowhere").read_text(encoding="ascii")
    except OSError:
        raise Http404 from None
