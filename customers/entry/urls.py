"""Addresses of entry templates in Settings."""

from django.urls import path

from customers.entry import views

urlpatterns = [
    path("settings/entry-templates/", views.entry_template_list, name="entry_template_list"),
    path("settings/entry-templates/new/", views.entry_template_new, name="entry_template_new"),
    path("settings/entry-templates/<int:pk>/edit/", views.entry_template_edit, name="entry_template_edit"),
    path("settings/entry-templates/<int:pk>/retire/", views.entry_template_retire, name="entry_template_retire"),
    path("settings/entry-templates/<int:pk>/restore/", views.entry_template_restore, name="entry_template_restore"),
    path("imports/entry-template/<int:pk>.<slug:kind>", views.entry_template_file, name="entry_template_file"),
]
