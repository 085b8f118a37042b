"""Addresses of the pages where an administrator manages people and power."""

from django.urls import path

from accounts.pages import rights, users, ways

urlpatterns = [
    path("settings/users/", users.user_list, name="user_list"),
    path("settings/users/new/", users.user_new, name="user_new"),
    path("settings/users/<int:pk>/", users.user_edit, name="user_edit"),
    path("settings/users/<int:pk>/off/", users.user_off, name="user_off"),
    path("settings/users/<int:pk>/on/", users.user_on, name="user_on"),
    path("settings/users/<int:pk>/sign-out/", users.user_sign_out, name="user_sign_out"),
    path("settings/users/<int:pk>/password/", users.user_password, name="user_password"),
    path("settings/users/<int:pk>/invite/", users.user_invite, name="user_invite"),
    path("settings/users/<int:pk>/uninvite/", users.user_uninvite, name="user_uninvite"),
    path("settings/teams/", users.team_list, name="team_list"),
    path("settings/teams/new/", users.team_new, name="team_new"),
    path("settings/teams/<int:pk>/", users.team_edit, name="team_edit"),
    path("settings/ways/", ways.way_settings, name="way_settings"),
    path("settings/ways/<str:channel>/test/", ways.way_test, name="way_test"),
    path("settings/roles/", rights.role_list, name="role_list"),
    path("settings/roles/<int:pk>/", rights.role_save, name="role_save"),
    path("settings/masking/", rights.masking, name="masking"),
    path("settings/masking/<int:pk>/", rights.masking_save, name="masking_save"),
]
