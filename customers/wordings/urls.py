"""Addresses of consent texts in Settings."""

from django.urls import path

from customers.wordings import views

urlpatterns = [
    path("settings/consent-texts/", views.consent_text_list, name="consent_text_list"),
    path("settings/consent-texts/new/", views.consent_text_new, name="consent_text_new"),
    path("settings/consent-texts/<int:pk>/", views.consent_text, name="consent_text"),
    path("settings/consent-texts/<int:pk>/version/", views.consent_text_version, name="consent_text_version"),
    path("settings/consent-texts/<int:pk>/retire/", views.consent_text_retire, name="consent_text_retire"),
    path("settings/consent-texts/<int:pk>/restore/", views.consent_text_restore, name="consent_text_restore"),
]
