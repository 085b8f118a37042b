"""Addresses of hand-overs of many customers."""

from django.urls import path

from responsibility.hand_overs import views

urlpatterns = [
    path("assign/", views.hand_over_list, name="hand_over_list"),
    path("assign/<int:pk>/", views.hand_over, name="hand_over"),
    path("assign/<int:pk>/undo/", views.hand_over_undo, name="hand_over_undo"),
]
