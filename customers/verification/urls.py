"""Addresses of the verification of files."""

from django.urls import path

from customers.verification import views

urlpatterns = [
    path("data-quality/verification/", views.verification_list, name="verification_list"),
    path("data-quality/verification/<int:pk>/", views.verification, name="verification"),
    path("data-quality/verification/<int:pk>/<slug:name>/", views.verification_change, name="verification_change"),
    path("settings/verification/", views.verification_settings, name="verification_settings"),
    path("settings/verification/stewards/new/", views.steward_new, name="steward_new"),
    path("settings/verification/stewards/<int:pk>/remove/", views.steward_remove, name="steward_remove"),
]
