"""What the forms of a customer's file write: its fields, the company's own ones, its tags."""

from __future__ import annotations

from accounts.models import User
from customers import services
from customers.own.forms import own_changes
from ui.conflicts import Edit


def save_file(user: User, edit: Edit) -> None:
    """Write what `user` changed in a form of the file, whole or of one fact."""
    changes = {name: value for name, value in edit.changes.items() if name in services.EDITABLE}
    if own := own_changes(user, edit.row, edit.changes):
        changes["own"] = own
    if changes:
        services.customer_update(customer=edit.row, changes=changes, version=edit.version, by=user)
    if {"tags", "new_tag"} & set(edit.changes):
        _save_tags(user, edit)


def _save_tags(user: User, edit: Edit) -> None:
    """Only what this person ticked or unticked: tags that others put on meanwhile stay."""
    before = set(edit.original.get("tags", []))
    tags = {tag.pk: tag for tag in edit.row.tags.all()}
    if "tags" in edit.changes:
        chosen = {tag.pk: tag for tag in edit.changes["tags"]}
        kept = {pk: tag for pk, tag in tags.items() if pk in chosen or str(pk) not in before}
        tags = kept | {pk: tag for pk, tag in chosen.items() if str(pk) not in before}
    name = edit.changes.get("new_tag", "").strip()
    if name:
        tag = services.tag_create(name=name, by=user)
        tags[tag.pk] = tag
    services.tags_set(customer=edit.row, tags=tags.values(), by=user)
