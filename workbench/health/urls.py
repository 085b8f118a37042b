"""Addresses of the health page."""

from django.urls import path

from workbench.health import views
from workbench.health.metrics import metrics

urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("settings/health/", views.health_page, name="health"),
    path("settings/health/night/", views.night_request, name="night_request"),
    path("settings/health/jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
    path("settings/health/mails/<int:pk>/retry/", views.mail_retry, name="mail_retry"),
    path("settings/health/clock/", views.clock_confirm, name="clock_confirm"),
    path("settings/health/mail-test/", views.mail_test, name="mail_test"),
]
