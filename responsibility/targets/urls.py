"""The address of a person's targets."""

from django.urls import path

from responsibility.targets import views

urlpatterns = [path("team/targets/<int:pk>/", views.person_targets, name="person_targets")]
