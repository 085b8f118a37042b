"""Addresses of the REST API: the collections, the OpenAPI schema and the page that shows it."""

from csp.decorators import csp_update
from django.urls import path
from django.utils.module_loading import import_string
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from core.contributions import registry

app_name = "api"

router = SimpleRouter()
for collection in registry().collections.values():
    router.register(collection.prefix, import_string(collection.view), basename=collection.name)

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
