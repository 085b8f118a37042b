"""The address of the board."""

from django.urls import path

from workbench.quality import views

urlpatterns = [path("data-quality/", views.quality_board, name="quality_board")]
