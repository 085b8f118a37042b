"""Addresses of saved views."""

from django.urls import path

from accounts.saved_views import views

urlpatterns = [
    path("saved-views/", views.saved_view_list, name="saved_view_list"),
    path("saved-views/new/", views.saved_view_new, name="saved_view_new"),
    path("saved-views/<int:pk>/edit/", views.saved_view_edit, name="saved_view_edit"),
    path("saved-views/<int:pk>/update/", views.saved_view_update, name="saved_view_update"),
    path("saved-views/<int:pk>/pin/", views.saved_view_pin, name="saved_view_pin"),
    path("saved-views/<int:pk>/unpin/", views.saved_view_unpin, name="saved_view_unpin"),
    path("saved-views/<int:pk>/remove/", views.saved_view_retire, name="saved_view_retire"),
    path("saved-views/<int:pk>/restore/", views.saved_view_restore, name="saved_view_restore"),
]
