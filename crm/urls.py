"""Every address of the product."""

from django.urls import include, path

from core.views import healthz
from ui import views as ui_views

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language/", ui_views.set_language, name="language"),
    path("theme/", ui_views.set_theme, name="theme"),
    path("drafts/", ui_views.save_draft, name="draft"),
    path("styleguide/", ui_views.styleguide, name="styleguide"),
    path("", include("accounts.urls")),
    path("", include("accounts.pages.urls")),
    path("", include("workbench.today.urls")),
    path("", include("workbench.search.urls")),
    path("", include("workbench.customer_list.urls")),
    path("", include("workbench.customer_page.urls")),
    path("", include("intake.urls")),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
    path("", include("followups.urls")),
    path("", include("followups.log.urls")),
    path("", include("segmentation.urls")),
    path("", include("workbench.team.urls")),
    path("", include("feedback.urls")),
    path("", include("workbench.settings.urls")),
    path("", include("workbench.audit.urls")),
    path("", include("workbench.health.urls")),
    path("api/v1/", include("crm.api.urls")),
]

handler400 = "ui.views.bad_request"
handler403 = "ui.views.forbidden"
handler404 = "ui.views.not_found"
handler500 = "ui.views.server_error"
