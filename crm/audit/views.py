"""The audit page: who did what to which row, when, old → new, from where."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.accounts.models import User
from crm.audit import reading, words

PAGE = 50


class Filters(forms.Form):
    actor = forms.ModelChoiceField(User.objects.none(), label=_("Person"), required=False, empty_label=_("everybody"))
    action = forms.RegexField(r"^[a-z_.-]*$", label=_("Action"), required=False, max_length=64, widget=forms.Select)
    model = forms.RegexField(
        r"^[a-z]+\.[a-z]+$", label=_("Kind of row"), required=False, max_length=64, widget=forms.Select
    )
    row = forms.RegexField(r"^[\w-]+$", required=False, max_length=64, widget=forms.HiddenInput)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, data, user):
        super().__init__(data)
        self.fields["actor"].queryset = User.objects.visible_to(user).order_by("username")
        self._offer("action", _("every action"), words.actions())
        self._offer("model", _("every kind"), words.kinds())

    def _offer(self, name, every, choices):
        """The words to choose from; an address may name more, such as the beginning of a code."""
        given = self.data.get(name, "")
        if given and given not in dict(choices):
            choices = [(given, given), *choices]
        self.fields[name].widget.choices = [("", every), *choices]


@require_safe
@login_required
def log(request):
    """Newest first; `before` is the id to go on from. Filters that make no sense are said to, and find nothing."""
    form = Filters(request.GET, request.user)
    rows = []
    if form.is_valid():
        wanted = dict(form.cleaned_data)
        before = wanted.pop("before")
        actor = wanted.pop("actor")
        entries = reading.found(request.user, actor=actor.pk if actor else None, **wanted)
        if before:
            entries = entries.filter(pk__lt=before)
        rows = list(entries[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    context = {
        "form": form,
        "entries": reading.shown(rows[:PAGE], request.user),
        "more": more,
        "filtered": any(request.GET.get(name) for name in ("actor", "action", "model", "row", "since", "until")),
        "row": request.GET.get("row"),
    }
    return render(request, "audit/list.html", context)
