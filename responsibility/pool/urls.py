"""Addresses of the pool's rules and of those who go back into it."""

from django.urls import path

from responsibility.pool import views

urlpatterns = [
    path("settings/pool/", views.pool_settings, name="pool_settings"),
    path("customers/leaving/", views.leaving_list, name="leaving_list"),
]
