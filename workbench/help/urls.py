"""Addresses of the handbook."""

from django.urls import path

from workbench.help import views

urlpatterns = [
    path("help/", views.help_index, name="help"),
    path("help/<slug:code>/", views.help_chapter, name="help_chapter"),
]
