"""Address of the page on which a company begins anew."""

from django.urls import path

from workbench.start_over import views

urlpatterns = [path("settings/start-over/", views.start_over, name="start_over")]
