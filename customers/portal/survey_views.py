"""Where customers answer a survey: by its address, without signing in. It shows the questions and nothing else."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from crm.clock import today
from customers.profile.doors import edits
from customers.surveys import answering, links, reading
from customers.surveys.forms import AnswerForm
from customers.surveys.models import State, Through


@edits
@sensitive_variables("token")
def survey(request, token):
    """The same page whether an address is unknown, over or declined; who has answered is thanked once more."""
    if request.method == "POST" and not ratelimit.consume(request, action="survey_answer"):
        return ratelimit.respond_429(request)
    invitation = links.invitation_of(token)
    if invitation is not None and invitation.state == State.ANSWERED:
        return render(request, "portal/survey_thanks.html")
    if invitation is None or invitation.state != State.ASKED or not invitation.survey.is_open(today()):
        return render(request, "portal/survey_over.html", status=404)
    template = invitation.survey.template
    form = AnswerForm(request.POST or None, points=reading.points_of(invitation.survey), template=template)
    if request.method == "POST" and form.is_valid():
        account = request.portal.account if request.portal else None
        signed_in = account is not None and account.customer_id == invitation.customer_id
        try:
            answering.answer(
                invitation=invitation,
                through=Through.PORTAL if signed_in else Through.LINK,
                told_by=account.name if signed_in else "",
                **form.values(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return render(request, "portal/survey_thanks.html")
    context = {"form": form, "template": template}
    return render(request, "portal/survey.html", context, status=422 if form.errors else 200)
