"""Addresses of duties in writing."""

from django.urls import path

from responsibility.duties import views

urlpatterns = [
    path("duties/", views.duty_list, name="duty_list"),
    path("duties/new/", views.duty_new, name="duty_new"),
    path("duties/<int:pk>/", views.duties, name="duties"),
    path("duties/<int:pk>/edit/", views.duty_edit, name="duty_edit"),
    path("duties/<int:pk>/accept/", views.duties_accept, name="duties_accept"),
    path("duties/<int:pk>/retire/", views.duty_retire, name="duty_retire"),
    path("duties/<int:pk>/restore/", views.duty_restore, name="duty_restore"),
]
