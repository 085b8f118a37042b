"""Addresses of consents."""

from django.urls import path

from customers.consents import views

urlpatterns = [
    path("customers/<int:pk>/consents/", views.consent_list, name="consent_list"),
    path("customers/<int:pk>/consents/new/", views.consent_new, name="consent_new"),
]
