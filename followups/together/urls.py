"""Addresses of moving follow-ups together."""

from django.urls import path

from followups.together import views

urlpatterns = [
    path("follow-ups/move/", views.follow_ups_move, name="follow_ups_move"),
    path("follow-ups/put-back/<int:pk>/", views.follow_ups_put_back, name="follow_ups_put_back"),
]
