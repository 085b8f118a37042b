"""Every address of the product."""

from django.urls import include, path

from core import views as core_views

urlpatterns = [
    path("healthz", core_views.healthz, name="healthz"),
    path("language/", core_views.set_language, name="language"),
    path("theme/", core_views.set_theme, name="theme"),
    path("drafts/", core_views.save_draft, name="draft"),
    path("styleguide/", core_views.styleguide, name="styleguide"),
    path("", include("accounts.urls")),
    path("", include("crm.today.urls")),
    path("", include("crm.customer_pages.urls")),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
    path("", include("followups.urls")),
    path("", include("crm.dashboards.urls")),
    path("", include("segmentation.urls")),
    path("", include("feedback.urls")),
    path("", include("crm.system.urls")),
    path("api/v1/", include("crm.api.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
