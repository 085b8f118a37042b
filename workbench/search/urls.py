"""The address of the search in palette and top bar."""

from django.urls import path

from workbench.search import views

urlpatterns = [path("search/", views.search, name="search")]
