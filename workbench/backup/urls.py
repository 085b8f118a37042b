"""Addresses of the page of backups."""

from django.urls import path

from workbench.backup import views

urlpatterns = [
    path("settings/backup/", views.backup_settings, name="backup_settings"),
    path("settings/backup/now/", views.backup_request, name="backup_request"),
]
