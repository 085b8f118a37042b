"""Addresses of the register of paper originals."""

from django.urls import path

from customers.originals import views
from customers.originals.listing import ORIGINALS
from intake.export import export_page

urlpatterns = [
    path("originals/", views.original_list, name="original_list"),
    path("originals/new/", views.original_new, name="original_new"),
    path("originals/bin/", views.original_bin, name="original_bin"),
    path("originals/export/", export_page(ORIGINALS), name="original_export"),
    path("originals/<int:pk>/", views.original_edit, name="original_edit"),
    path("originals/<int:pk>/delete/", views.original_delete, name="original_delete"),
    path("originals/<int:pk>/restore/", views.original_restore, name="original_restore"),
]
