"""Addresses of the rules of allocation."""

from django.urls import path

from responsibility.allocation import views

urlpatterns = [
    path("settings/allocation/", views.allocation_list, name="allocation_list"),
    path("settings/allocation/new/", views.allocation_new, name="allocation_new"),
    path("settings/allocation/<int:pk>/", views.allocation_edit, name="allocation_edit"),
    path("settings/allocation/<int:pk>/move/", views.allocation_move, name="allocation_move"),
    path("settings/allocation/<int:pk>/remove/", views.allocation_remove, name="allocation_remove"),
    path("assign/pool/", views.pool_share_out, name="pool_share_out"),
]
