"""Addresses of the audit log."""

from django.urls import path

from workbench.audit import views

urlpatterns = [
    path("settings/audit/", views.audit_list, name="audit_list"),
    path("settings/audit/export/", views.audit_export, name="audit_export"),
]
