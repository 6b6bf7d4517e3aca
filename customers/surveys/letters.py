"""Letters with the address of a survey, sent by a job: each once, to whoever stands first with the customer."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import now, today
from crm.jobs.actions import enqueue
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job
from customers.people.models import PersonRole
from customers.surveys import actions, links, working
from customers.surveys.models import Survey, SurveyInvitation

AT_ONCE = 200


def addressees(customer_ids, day: datetime.date) -> dict[int, str]:
    """{customer: e-mail} of the first person with an address; one statement."""
    roles = PersonRole.objects.in_force(day).filter(customer_id__in=customer_ids).exclude(person__email="")
    found: dict[int, str] = {}
    rows = roles.order_by("-is_primary", "pk").values_list("customer_id", "person__email")
    for customer_id, email in rows:
        found.setdefault(customer_id, email)
    return found


def masked(email: str) -> str:
    """wang@shop.example -> w•••@shop.example"""
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}"[:80]


def compose(invitation: SurveyInvitation, email: str, base: str) -> EmailMessage:
    """In the company's language. It holds no figures and no words of anybody."""
    with translation.override(settings.LANGUAGE_CODE):
        values = {
            "company": settings.COMPANY_NAME or "Qiao",
            "link": links.address(invitation, base),
            "until": formats.date_format(invitation.survey.closes_on, "DATE_FORMAT"),
        }
        subject = _("%(company)s asks: how content are you?") % values
        body = (
            _(
                "Hello,\n\na minute of your time: what did you expect of us, and how is it really?\n\n%(link)s\n\n"
                "It can be answered once, until %(until)s. Where we fell short, we will get in touch.\n"
            )
            % values
        )
    return EmailMessage(" ".join(subject.split()), body, to=[email])


def ask_to_send(survey: Survey, base: str, by) -> Job:
    """For those who are in reach of the asker; several askings send each letter once."""
    return enqueue(kind="surveys.send", input={"survey": survey.pk, "base": base}, asked_by=by)


def send(ctx) -> dict:
    """Each is claimed before it goes and given back if it does not: of two runs, one sends."""
    user, base, day = ctx.asked_by, ctx.input["base"], today()
    rows = SurveyInvitation.objects.waiting(day).filter(survey_id=ctx.input["survey"], sent_at__isnull=True)
    if user is not None:
        rows = rows.filter(pk__in=SurveyInvitation.objects.editable_by(user).order_by().values("pk"))
    rows = rows.select_related("survey").order_by("pk")
    total, done, sent, last, failed = rows.count(), 0, 0, 0, ""
    connection = get_connection()
    try:
        while page := list(rows.filter(pk__gt=last)[:AT_ONCE]):
            last = page[-1].pk
            emails = addressees([one.customer_id for one in page], day)
            for one in page:
                ctx.progress(done, total)
                done += 1
                email = emails.get(one.customer_id)
                if email:
                    try:
                        sent += _send_one(one, email, base, connection)
                    except OSError as error:
                        failed = type(error).__name__
    finally:
        connection.close()
    if failed:
        raise OSError(failed)  # without its text: that may hold the address
    return {"sent": sent, "without_address": total - sent}


def _send_one(invitation: SurveyInvitation, email: str, base: str, connection) -> int:
    claim = SurveyInvitation.objects.filter(pk=invitation.pk, sent_at__isnull=True)
    if not claim.update(sent_at=now(), sent_to=masked(email)):
        return 0
    letter = compose(invitation, email, base)
    letter.connection = connection
    try:
        letter.send()
    except OSError:
        SurveyInvitation.objects.filter(pk=invitation.pk).update(sent_at=None, sent_to="")
        raise
    return 1


def expire(ctx) -> dict:
    with ctx.effect() as effect:
        effect.result = {"expired": actions.expire(today()), "opened": working.open_left_over(today())}
    return effect.result


SEND = JobKind(
    code="surveys.send",
    label=gettext_lazy("Send surveys"),
    handler=send,
    result_url=lambda job: reverse("surveys:round", args=[job.input["survey"]]),
)
EXPIRE = JobKind(code="surveys.expire", label=gettext_lazy("Surveys that are over"), handler=expire, whole_brand=True)
