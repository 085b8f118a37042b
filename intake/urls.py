"""Addresses of imports."""

from django.urls import path

from intake import views
from intake.colleagues import views as colleagues

urlpatterns = [
    path("settings/users/add/", colleagues.colleagues_add, name="colleagues_add"),
    path("imports/", views.import_list, name="import_list"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/columns/", views.import_remembered, name="import_remembered"),
    path("imports/template/<slug:code>.csv", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.import_job, name="import_job"),
    path("imports/<int:pk>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:pk>/reading/", views.import_reading, name="import_reading"),
    path("imports/<int:pk>/doubts/", views.import_doubts, name="import_doubts"),
    path("imports/<int:pk>/refused/", views.import_refused, name="import_refused"),
    path("imports/<int:pk>/start/", views.import_start, name="import_start"),
    path("imports/<int:pk>/cancel/", views.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/undo/", views.import_undo, name="import_undo"),
    path("imports/<int:pk>/handout/", views.import_handout, name="import_handout"),
    path("imports/<int:pk>/errors/", views.import_errors, name="import_errors"),
]
