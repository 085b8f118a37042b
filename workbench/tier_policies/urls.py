"""The address of the page of a tier."""

from django.urls import path

from workbench.tier_policies import views

urlpatterns = [path("segmentation/rules/<slug:scheme>/policies/", views.tier_policies, name="tier_policies")]
