"""What every page's frame needs."""

from django.conf import settings


def shell(request):
    return {"nav": settings.NAV}
