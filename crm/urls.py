"""All addresses. Features are included by string."""

from django.urls import include, path

from crm import health
from crm.site import site

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("healthz", health.live),
    path("readyz", health.ready),
    path("accounts/", include("crm.accounts.urls")),
    path("admin/", site.urls),
    path("api/", include("crm.api_urls")),
    path("customers/", include("customers.urls")),
    path("contacts/", include("customers.contacts.urls")),
    path("promises/", include("customers.promises.urls")),
    path("issues/", include("customers.issues.urls")),
    path("surveys/", include("customers.surveys.urls")),
    path("visits/", include("visits.urls")),
    path("slumps/", include("customers.slumps.urls")),
    path("notices/", include("promotions.policies.urls")),
    path("promotions/", include("promotions.urls")),
    path("portal/promotions/", include("promotions.portal_urls")),
    path("portal/notices/", include("promotions.policies.portal_urls")),
    path("portal/visits/", include("visits.agenda.portal_urls")),
    path("portal/", include("customers.portal.urls")),
    path("ical/", include("visits.feed.public_urls")),
    path("support/", include("customers.support.urls")),
    path("", include("crm.page_urls")),
]
handler400 = "crm.shell.errors.bad_request"
handler404 = "crm.shell.errors.not_found"
handler403 = "crm.shell.errors.forbidden"
handler500 = "crm.shell.errors.failed"
