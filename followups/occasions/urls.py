"""Addresses of the occasions of the year."""

from django.urls import path

from followups.occasions import views

urlpatterns = [
    path("settings/occasions/", views.occasion_list, name="occasion_list"),
    path("settings/occasions/new/", views.occasion_new, name="occasion_new"),
    path("settings/occasions/<int:pk>/", views.occasion_edit, name="occasion_edit"),
    path("settings/occasions/<int:pk>/delete/", views.occasion_delete, name="occasion_delete"),
]
