"""Addresses of relations."""

from django.urls import path

from customers.relations import views

urlpatterns = [
    path("customers/<int:pk>/relations/new/", views.relation_new, name="relation_new"),
    path("relations/<int:pk>/", views.relation_edit, name="relation_edit"),
    path("relations/<int:pk>/end/", views.relation_end, name="relation_end"),
    path("relations/<int:pk>/restore/", views.relation_restore, name="relation_restore"),
]
