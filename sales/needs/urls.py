"""Addresses of needs."""

from django.urls import path

from intake.export import export_page
from sales.needs import views
from sales.needs.listing import NEEDS

urlpatterns = [
    path("needs/", views.need_list, name="need_list"),
    path("needs/new/", views.need_new, name="need_new"),
    path("needs/export/", export_page(NEEDS), name="need_export"),
    path("needs/<int:pk>/", views.need, name="need"),
    path("needs/<int:pk>/move/", views.need_move, name="need_move"),
    path("needs/<int:pk>/back/", views.need_move_back, name="need_move_back"),
]
