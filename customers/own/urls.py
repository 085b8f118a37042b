"""Addresses of own fields in Settings."""

from django.urls import path

from customers.own import views

urlpatterns = [
    path("settings/own-fields/", views.own_field_list, name="own_field_list"),
    path("settings/own-fields/new/", views.own_field_new, name="own_field_new"),
    path("settings/own-fields/<int:pk>/edit/", views.own_field_edit, name="own_field_edit"),
    path("settings/own-fields/<int:pk>/move/", views.own_field_move, name="own_field_move"),
    path("settings/own-fields/<int:pk>/retire/", views.own_field_retire, name="own_field_retire"),
    path("settings/own-fields/<int:pk>/restore/", views.own_field_restore, name="own_field_restore"),
]
