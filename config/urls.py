"""All addresses: each app's own, allauth's, and the two for monitoring."""

from django.urls import include, path

from config import health

handler404 = "config.failures.not_found"
handler500 = "config.failures.server_error"

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("forum.urls")),
    path("", include("moderation.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
]
