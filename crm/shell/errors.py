"""Error pages: the same words for what is missing and what is not yours."""

from django.shortcuts import render


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def failed(request):
    return render(request, "errors/500.html", status=500)
