"""Error pages: the same words for what is missing and what is not yours."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template import loader


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def csrf_failure(request, reason=""):
    """The form's token did not fit: most often a page that was open when somebody signed out."""
    return render(request, "errors/csrf.html", status=403)


def failed(request):
    """Without context, so that whatever broke the page cannot break this one."""
    return HttpResponseServerError(loader.get_template("errors/500.html").render())
