"""Addresses of the audit log."""

from django.urls import path

from intake.export import export_page
from workbench.audit import views
from workbench.audit.listing import AUDIT

urlpatterns = [
    path("settings/audit/", views.audit_list, name="audit_list"),
    path("settings/audit/export/", export_page(AUDIT), name="audit_export"),
]
