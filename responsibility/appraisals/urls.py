"""Addresses of appraisals."""

from django.urls import path

from responsibility.appraisals import views

urlpatterns = [
    path("appraisals/", views.appraisal_list, name="appraisal_list"),
    path("appraisals/new/", views.appraisal_new, name="appraisal_new"),
    path("appraisals/<int:pk>/", views.appraisal, name="appraisal"),
    path("appraisals/<int:pk>/edit/", views.appraisal_edit, name="appraisal_edit"),
    path("appraisals/<int:pk>/answer/", views.appraisal_answer, name="appraisal_answer"),
    path("appraisals/<int:pk>/figures/", views.appraisal_figures, name="appraisal_figures"),
    path("appraisals/<int:pk>/sign/", views.appraisal_sign, name="appraisal_sign"),
    path("appraisals/<int:pk>/measures/new/", views.measure_new, name="measure_new"),
    path("appraisals/measures/<int:pk>/done/", views.measure_done, name="measure_done"),
    path("appraisals/measures/<int:pk>/remove/", views.measure_remove, name="measure_remove"),
]
