"""Every address of the product; those of the apps stand in their contributions."""

from django.urls import include, path

from core.contributions import registry
from core.views import healthz
from ui import views as ui_views

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", ui_views.set_language, name="language"),
    path("theme/", ui_views.set_theme, name="theme"),
    path("drafts/", ui_views.save_draft, name="draft"),
    path("styleguide/", ui_views.styleguide, name="styleguide"),
    *(path("", include(module)) for module in registry().every(lambda part: part.urls)),
    path("api/v1/", include("crm.api.urls")),
]

handler400 = "ui.views.bad_request"
handler403 = "ui.views.forbidden"
handler404 = "ui.views.not_found"
handler500 = "ui.views.server_error"
