"""What is done about issues, as the log calls it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.words import Words
from customers.issues.models import Category, Origin, Severity, State

AUDIT = Words(
    actions={
        "issue.open": _("Issue written down"),
        "issue.comment": _("Something said about an issue"),
        "issue.begin": _("Issue taken into work"),
        "issue.assign": _("Issue given to somebody"),
        "issue.change": _("Issue changed"),
        "issue.solve": _("Issue solved"),
        "issue.confirm": _("Customer says: solved"),
        "issue.deny": _("Customer says: not solved"),
        "issue.reopen": _("Issue opened again"),
        "issue.reject": _("Issue rejected"),
        "issue.escalate": _("Late issue shown to the heads"),
        "issue.unheard": _("Issue not answered in time shown to the heads"),
        "issue.pause": _("Issue waits for the customer"),
        "issue.resume": _("Issue waits no more"),
        "issue.cause": _("Cause of an issue said"),
        "issue.unlink": _("Issue is another matter than before"),
        "issue.terms": _("Rules for issues changed"),
        "issue.time": _("Time for issues changed"),
        "issue.time_drop": _("Time for issues taken away"),
        "issue_cause.write": _("Cause of issues changed"),
        "mirror.share": _("Own figures shown to the heads"),
        "mirror.private": _("Own figures kept to oneself"),
    },
    kinds=("customers.issueterms", "customers.issuetime", "customers.issuecause"),
    values={
        ("customers.customer", "issue_state"): lambda: dict(State.choices),
        ("customers.customer", "origin"): lambda: dict(Origin.choices),
        ("customers.customer", "severity"): lambda: dict(Severity.choices),
        ("customers.customer", "category"): lambda: dict(Category.choices),
        ("customers.issuetime", "about"): lambda: dict(Category.choices),
    },
    names={
        "issue": pgettext_lazy("complaint", "issue"),
        "issue_of": pgettext_lazy("complaint", "issue"),
        "issue_state": _("state"),
        "origin": pgettext_lazy("issue", "origin"),
        "severity": _("severity"),
        "owner": pgettext_lazy("issue", "owner"),
        "due_on": _("to be solved by"),
        "title": pgettext_lazy("issue", "title"),
        "stars": _("stars"),
        "cause": pgettext_lazy("issue", "cause"),
        "nth": _("how often"),
        "about": _("about"),
        "answer_hours": _("working hours until the first answer"),
        "solve_hours": _("working hours until it is solved"),
        "percents": _("percent by severity"),
        "opens": _("business opens"),
        "closes": _("business closes"),
        "break_from": _("break from"),
        "break_to": _("break until"),
        "repeat_days": _("the same again within days"),
        "wave_days": _("one problem at many: within days"),
        "wave_customers": _("one problem at many: so many customers"),
        "mirror_shared": _("own figures shown to the heads"),
    },
)
