"""Addresses of the visit log."""

from django.urls import path

from followups.log import views

urlpatterns = [
    path("interactions/new/", views.interaction_new, name="interaction_new"),
    path("interactions/<int:pk>/correct/", views.interaction_correct, name="interaction_correct"),
    path("interactions/<int:pk>/undo/", views.interaction_undo, name="interaction_undo"),
]
