"""What is done about surveys, as the log calls it. What was answered stands in no log."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.surveys.models import Through

AUDIT = Words(
    actions={
        "survey.template": _("Survey template written"),
        "survey.begin": _("Survey begun"),
        "survey.end": _("Survey ended"),
        "survey.links": _("Links of a survey shown"),
        "survey.answer": _("Survey answered"),
        "survey.decline": _("Survey declined"),
        "survey.guess": _("Answers of a customer guessed"),
        "survey.waive": _("Answers shown without a guess"),
    },
    kinds=("customers.survey", "customers.surveytemplate"),
    values={("customers.customer", "through"): lambda: dict(Through.choices)},
    names={
        "survey": _("survey"),
        "through": _("how"),
        "customers": _("customers"),
        "opens_on": _("from"),
        "closes_on": _("until"),
        "points": _("points"),
        "threshold": _("shortfall that opens an issue"),
    },
)
