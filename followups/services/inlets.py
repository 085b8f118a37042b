"""Ways in: made, changed, given another address, ended."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.authentication import digest_of
from accounts.models import User
from core import clock
from core.versions import save_version
from customers.models import Network
from followups.incoming.secrets import new_secret
from followups.models import Inlet


@transaction.atomic
def inlet_add(*, by: User, **values: Any) -> tuple[Inlet, str]:
    """A webhook or a WeCom application; and the secret of its address, which is told this once."""
    secret = new_secret()
    made = Inlet.objects.create(digest=digest_of(secret), created_by=by, updated_by=by, **values)
    audit.record("inlet.add", by=by, on=made, network=made.network, way=made.kind)
    return made, secret


@transaction.atomic
def inlet_change(*, inlet: Inlet, changes: dict[str, Any], version: int, by: User) -> None:
    """Its name, its source of new customers, the company's ID at WeCom."""
    save_version(inlet, changes, version=version, by=by)
    audit.record("inlet.change", by=by, on=inlet, fields=sorted(changes))


@transaction.atomic
def inlet_renew(*, inlet: Inlet, by: User) -> str:
    """Another secret, told this once: the earlier address takes nothing any more. An ended one is open again."""
    secret = new_secret()
    values = {"digest": digest_of(secret), "ended_at": None, "updated_by": by, "updated_at": clock.now()}
    Inlet.objects.filter(pk=inlet.pk).update(**values, version=F("version") + 1)
    audit.record("inlet.renew", by=by, on=inlet)
    return secret


@transaction.atomic
def inlet_end(*, inlet: Inlet, by: User) -> None:
    """It takes nothing any more; what came by it stays."""
    values = {"digest": None, "ended_at": clock.now(), "updated_by": by, "updated_at": clock.now()}
    if Inlet.objects.filter(pk=inlet.pk, ended_at=None).update(**values, version=F("version") + 1):
        audit.record("inlet.end", by=by, on=inlet)


def mailbox_inlet() -> Inlet:
    """The way in that is the mailbox of IMAP_URL; made when it is first asked for."""
    made, _new = Inlet.objects.get_or_create(
        kind=Inlet.Kind.MAILBOX, defaults={"name": "IMAP", "network": Network.EMAIL}
    )
    return made
