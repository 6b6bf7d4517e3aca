"""The page where people look after their own account."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.accounts import actions
from crm.accounts.forms import TokenForm
from crm.accounts.models import ApiToken


def _page(request, form, text="", status=200):
    context = {
        "form": form,
        "token_text": text,
        "tokens": ApiToken.objects.filter(user=request.user).order_by("-created"),
        "postings": request.user.postings.select_related("region").order_by("-since"),
        "second_factor": is_mfa_enabled(request.user),
        "may_write_by_token": request.user.may_write,
    }
    return render(request, "accounts/profile.html", context, status=status)


@require_safe
@login_required
def profile(request):
    return _page(request, TokenForm())


@require_POST
@login_required
@reauthentication_required
def token_create(request):
    """Answers with the page itself and not with a redirect: the token's text is shown this once and kept nowhere."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    _token, text = actions.create_token(user=request.user, **form.cleaned_data)
    return _page(request, TokenForm(), text)


@require_POST
@login_required
def token_revoke(request, digest):
    token = get_object_or_404(ApiToken.objects.filter(user=request.user), pk=digest)
    actions.revoke_token(token=token, by=request.user)
    messages.success(request, _("The token is revoked."))
    return redirect("crm:profile")
