"""Tags: a free classification."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import sql
from core.doors import via
from core.versions import StaleVersionError
from customers.identity import name_key, tidy
from customers.models import CaptureForm, Customer, EntryTemplate, Tag

TAG_ACTS = ("tag.create", "tag.change", "tag.retire", "tag.restore", "tag.merge")


@transaction.atomic
def tag_create(*, name: str, by: User) -> Tag:
    """The tag of this name, made if it is new; of one that was merged, the other."""
    tag, made = Tag.objects.select_related("merged_into").get_or_create(name=tidy(name)[:40])
    if made:
        audit.record("tag.create", by=by, on=tag)
    return tag.merged_into or tag


@transaction.atomic
def tag_add(*, name: str, by: User) -> Tag:
    """A new one: a name that is taken is refused."""
    _keep_names_apart(_locked(), tidy(name))
    return tag_create(name=name, by=by)


@transaction.atomic
def tag_rename(*, row: Tag, name: str, by: User) -> None:
    """Written over the name that `row` was read with: StaleVersionError when somebody was faster."""
    stored, name = _open(row), tidy(name)
    if stored.name != row.name:
        raise StaleVersionError(stored)
    if name == row.name:
        return
    _keep_names_apart([tag for tag in _locked() if row.pk not in (tag.pk, tag.merged_into_id)], name)
    Tag.objects.filter(name=name, merged_into=stored).delete()  # another name of this one: now it is the name itself
    Tag.objects.filter(pk=row.pk).update(name=name)
    audit.record("tag.change", by=by, on=row, tag_name=[row.name, name])


def _keep_names_apart(others: Iterable[Tag], name: str) -> None:
    """Files find a tag by its name, whatever the case of its letters."""
    other = next((tag for tag in others if name_key(tag.name) == name_key(name)), None)
    if other is not None and other.merged_into is not None:
        words = _("“%(name)s” was merged into “%(other)s”: files that say so mean that one. Choose another name.")
        raise ValidationError({"name": words % {"name": name, "other": other.merged_into.name}})
    if other is not None:
        words = _("There is a tag “%(name)s” already. Choose another name, or merge the two.")
        raise ValidationError({"name": words % {"name": name}})


@transaction.atomic
def tag_retire(*, tag: Tag, by: User) -> None:
    """Forms don't offer it any more; customers that have it keep it."""
    if _open(tag).is_active:
        Tag.objects.filter(pk=tag.pk).update(is_active=False)
        audit.record("tag.retire", by=by, on=tag)


@transaction.atomic
def tag_restore(*, tag: Tag, by: User) -> None:
    """Offer it again."""
    if not _open(tag).is_active:
        Tag.objects.filter(pk=tag.pk).update(is_active=True)
        audit.record("tag.restore", by=by, on=tag)


@transaction.atomic
def tag_merge(*, tag: Tag, into: Tag, by: User) -> int:
    """Every customer with the one has the other from now on; returns how many had the one.

    Links stay the same rows, so that taking an import back still finds its own.
    """
    stored, target = _open(tag), _open(into)
    if stored == target or not target.is_active:
        raise ValidationError({"into": _("Choose another tag that is in use.")})
    links = Customer.tags.through.objects.filter(tag_id=stored.pk)
    moved = links.count()
    both = Customer.tags.through.objects.filter(tag_id=target.pk).values("customer_id")
    links.filter(customer_id__in=both).delete()
    links.update(tag_id=target.pk)
    CaptureForm.objects.filter(tag=stored).update(tag=target)
    put = EntryTemplate.tags.through.objects
    having = list(put.filter(tag_id=target.pk).values_list("entrytemplate_id", flat=True))
    put.filter(tag_id=stored.pk, entrytemplate_id__in=having).delete()
    put.filter(tag_id=stored.pk).update(tag_id=target.pk)
    Tag.objects.filter(merged_into=stored).update(merged_into=target)
    Tag.objects.filter(pk=stored.pk).update(is_active=False, merged_into=target)
    audit.record("tag.merge", by=by, on=stored, into_tag=target.pk, customers_changed=moved)
    return moved


def _locked() -> list[Tag]:
    """All of them: who changes one locks the rest, so that no two people take one name."""
    return list(Tag.objects.select_for_update(of=("self",)).select_related("merged_into").order_by("pk"))


def _open(tag: Tag) -> Tag:
    found = {row.pk: row for row in _locked()}.get(tag.pk)
    if found is None or found.merged_into_id is not None:
        raise ValidationError(_("This tag was merged or removed in the meantime. Nothing was changed."))
    return found


@transaction.atomic
def tags_set(*, customer: Customer, tags: Iterable[Tag], by: User) -> None:
    """Exactly these tags."""
    wanted = list(tags)
    if {tag.pk for tag in wanted} == set(customer.tags.values_list("pk", flat=True)):
        return
    customer.tags.set(wanted)
    audit.record("customer.tag", by=by, on=customer, tags=[tag.pk for tag in wanted], **via())


@transaction.atomic
def customers_tag(*, customer_ids: Iterable[int], tag: Tag, by: User | None) -> dict[int, int]:
    """Put one tag on many customers; returns those who didn't have it, {customer: id of the link}."""
    made = dict(sql.fetch("customers", "tag_many", {"customers": sorted(set(customer_ids)), "tag": tag.pk}))
    audit.record("customer.tag", by=by, on=tag, customers=sorted(made), **via())
    return made


@transaction.atomic
def customers_untag(*, customer_ids: Iterable[int], tag: Tag, by: User) -> list[int]:
    """Take one tag off many customers; returns those who had it."""
    links = Customer.tags.through.objects.filter(tag_id=tag.pk, customer_id__in=list(customer_ids))
    found = dict(links.select_for_update().order_by("customer_id").values_list("pk", "customer_id"))
    Customer.tags.through.objects.filter(pk__in=list(found)).delete()
    audit.record("customer.untag", by=by, on=tag, customers=list(found.values()), **via())
    return list(found.values())
