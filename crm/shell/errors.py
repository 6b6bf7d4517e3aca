"""Error pages: the same words for what is missing and what is not yours."""

from django.http import HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _


def _asks_the_api(request) -> bool:
    return request.path.startswith("/api/v")


def bad_request(request, exception=None):
    if _asks_the_api(request):
        return JsonResponse({"detail": _("This request cannot be understood.")}, status=400)
    return render(request, "errors/400.html", status=400)


def not_found(request, exception=None):
    if _asks_the_api(request):
        return JsonResponse({"detail": _("Not found.")}, status=404)
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    if _asks_the_api(request):
        return JsonResponse({"detail": _("You may not do this.")}, status=403)
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def csrf_failure(request, reason=""):
    """The form's token did not fit: most often a page that was open when somebody signed out."""
    return render(request, "errors/csrf.html", status=403)


def failed(request):
    """Without context, so that whatever broke the page cannot break this one."""
    if _asks_the_api(request):
        return JsonResponse({"detail": "Something went wrong here; it has been written down."}, status=500)
    return HttpResponseServerError(loader.get_template("errors/500.html").render())
