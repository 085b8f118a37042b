"""Addresses of the cards that lead to all settings, and of those pages that belong to the whole."""

from django.urls import path

from workbench.settings import views

urlpatterns = [
    path("settings/", views.settings_index, name="settings"),
    path("settings/company/", views.company_settings, name="company_settings"),
    path("settings/files/", views.file_settings, name="file_settings"),
    path("settings/company/kinds/", views.company_kinds, name="company_kinds"),
    path("settings/company/logo/", views.logo_change, name="logo_change"),
    path("settings/company/logo/remove/", views.logo_remove, name="logo_remove"),
    path("company/logo/<slug:name>.webp", views.company_logo, name="company_logo"),
]
