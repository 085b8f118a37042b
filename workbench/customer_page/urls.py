"""Addresses of one customer's page."""

from django.urls import path

from workbench.customer_page import views

urlpatterns = [
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/briefing/", views.customer_briefing, name="customer_briefing"),
    path("customers/<int:pk>/timeline/", views.customer_timeline, name="customer_timeline"),
]
