"""The address of the cards that lead to all settings."""

from django.urls import path

from workbench.settings import views

urlpatterns = [path("settings/", views.settings_index, name="settings")]
