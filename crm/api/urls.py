"""Addresses of the REST API: the collections, the OpenAPI schema and the page that shows it."""

from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from accounts.api import RoleViewSet, TeamViewSet, UserViewSet
from customers.api import ContactViewSet, CustomerViewSet, InteractionViewSet
from customers.imports.api import ImportViewSet
from feedback.api import ComplaintViewSet
from followups.api import FollowUpViewSet, NoticeViewSet, ReminderViewSet
from sales.api import OrderViewSet, ProductViewSet, TargetViewSet
from segmentation.api import ScoreViewSet, TierViewSet, WarningViewSet

app_name = "api"

COLLECTIONS = (
    ("customers", CustomerViewSet, "customer"),
    ("contacts", ContactViewSet, "contact"),
    ("interactions", InteractionViewSet, "interaction"),
    ("orders", OrderViewSet, "order"),
    ("products", ProductViewSet, "product"),
    ("follow-ups", FollowUpViewSet, "follow_up"),
    ("reminders", ReminderViewSet, "reminder"),
    ("notifications", NoticeViewSet, "notification"),
    ("complaints", ComplaintViewSet, "complaint"),
    ("scores", ScoreViewSet, "score"),
    ("tiers", TierViewSet, "tier"),
    ("churn-warnings", WarningViewSet, "warning"),
    ("targets", TargetViewSet, "target"),
    ("imports", ImportViewSet, "import"),
    ("users", UserViewSet, "user"),
    ("teams", TeamViewSet, "team"),
    ("roles", RoleViewSet, "role"),
)

router = SimpleRouter()
for prefix, view, name in COLLECTIONS:
    router.register(prefix, view, basename=name)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="schema"),
    path(
        "docs/",
        # Its stylesheet brings arrows and crosses along as data: images.
        csp_update({"img-src": ["data:"]})(
            SpectacularSwaggerSplitView.as_view(
                url_name="api:schema", template_name="api/docs.html", permission_classes=[IsAuthenticated]
            )
        ),
        name="docs",
    ),
    *router.urls,
]
