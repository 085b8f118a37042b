"""Addresses of sign-in, passwords and the profile."""

from django.urls import path

from accounts import trust, views, ways

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("password/first/", views.password_first, name="password_first"),
    path("password/change/", views.password_change, name="password_change"),
    path("password/reset/", views.password_reset, name="password_reset"),
    path("password/reset/sent/", views.password_reset_sent, name="password_reset_sent"),
    path("password/reset/<str:uid>/<str:token>/", views.password_reset_confirm, name="password_reset_confirm"),
    path("trust/", trust.trust, name="trust"),
    path("ca.crt", trust.authority, name="trust_authority"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
    path("profile/ways/", ways.ways, name="ways"),
    path("profile/devices/new/", ways.device_add, name="device_add"),
    path("profile/devices/<int:pk>/remove/", ways.device_remove, name="device_remove"),
    path("profile/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("profile/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
