"""Products: what is sold."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from sales.models import Product


@transaction.atomic
def product_save(*, product: Product, by: User) -> Product:
    """Write a new or changed product; ValidationError when its number is taken."""
    act = "product.change" if product.pk else "product.create"
    if Product.objects.filter(sku=product.sku).exclude(pk=product.pk).exists():
        raise ValidationError({"sku": _("Another product has this number already.")})
    product.full_clean()
    product.save()
    audit.record(act, by=by, on=product, sku=product.sku)
    return product
