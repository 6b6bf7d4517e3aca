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
        "issue.terms": _("Times for issues changed"),
    },
    kinds=("customers.issueterms",),
    values={
        ("customers.customer", "issue_state"): lambda: dict(State.choices),
        ("customers.customer", "origin"): lambda: dict(Origin.choices),
        ("customers.customer", "severity"): lambda: dict(Severity.choices),
        ("customers.customer", "category"): lambda: dict(Category.choices),
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
        "days": _("days"),
    },
)
