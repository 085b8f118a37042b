from django.urls import path

from followups.outcomes import views

urlpatterns = [
    path("follow-ups/effect/", views.effect, name="effect"),
    path("follow-ups/effect/activities/", views.activities, name="effect_activities"),
]
