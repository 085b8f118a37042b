"""Addresses of the app without a network."""

from django.urls import path

from followups.offline import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("offline/", views.shell, name="offline"),
    path("offline/key/", views.key, name="offline_key"),
    path("offline/send/", views.send, name="offline_send"),
]
