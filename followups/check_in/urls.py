"""Addresses of the check-in."""

from django.urls import path

from followups.check_in import views

urlpatterns = [
    path("check-in/", views.check_in, name="check_in"),
    path("check-in/near/", views.check_in_near, name="check_in_near"),
    path("check-in/place/", views.customer_place, name="customer_place"),
    path("check-in/place/<int:pk>/remove/", views.customer_place_remove, name="customer_place_remove"),
]
