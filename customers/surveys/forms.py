"""The questions of a survey as a form, for customers by link, in the portal and for whoever asks them in person."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from crm.accounts.models import Role
from crm.clock import today
from customers.issues.models import Category
from customers.profile.forms import DayInput
from customers.profile.models import Customer
from customers.profile.models import State as CustomerState
from customers.profile.tags import CustomerTag, Tag
from customers.surveys.answering import Said
from customers.surveys.models import DEFAULT_POINTS, LONGEST, USUAL_THRESHOLD, Direct, SurveyPoint, SurveyTemplate

TEN = [(str(n), str(n)) for n in range(1, 11)]
FIVE = [("", "–"), *((str(n), str(n)) for n in range(1, 6))]
DIRECT = [(str(value), label) for value, label in Direct.choices]


def _tap(label, choices, *, required=True, empty=None):
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        empty_value=empty,
        required=required,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please tap one.")},
    )


class GuessForm(forms.Form):
    """Two taps a point: what they expected, and what they found."""

    def __init__(self, *args, points: list[SurveyPoint], **kwargs):
        super().__init__(*args, **kwargs)
        self.points = points
        for one in points:
            self.fields[f"e-{one.pk}"] = _tap(gettext_lazy("expected"), TEN)
            self.fields[f"r-{one.pk}"] = _tap(gettext_lazy("found"), TEN)

    def rows(self):
        """[(point, [bound fields])]"""
        return [(one, [self[f"{name}-{one.pk}"] for name in ("e", "r")]) for one in self.points]

    def guesses(self) -> dict[int, tuple[int, int]]:
        said = self.cleaned_data
        return {one.pk: (said[f"e-{one.pk}"], said[f"r-{one.pk}"]) for one in self.points}


class AnswerForm(forms.Form):
    """Three taps a point, how much it matters for those who like, and three questions about the whole."""

    def __init__(self, *args, points: list[SurveyPoint], template: SurveyTemplate, **kwargs):
        super().__init__(*args, **kwargs)
        self.points = points
        for one in points:
            self.fields[f"e-{one.pk}"] = _tap(gettext_lazy("What did you expect?"), TEN)
            self.fields[f"r-{one.pk}"] = _tap(gettext_lazy("How is it really?"), TEN)
            self.fields[f"d-{one.pk}"] = _tap(gettext_lazy("Compared with what you expected"), DIRECT, required=False)
            self.fields[f"i-{one.pk}"] = _tap(gettext_lazy("How much does it matter?"), FIVE, required=False)
        self.fields["overall"] = _tap(gettext_lazy("All in all, how content are you with us?"), TEN)
        self.fields["renew"] = _tap(gettext_lazy("Would you sign with us again?"), TEN)
        if template.asks_trust:
            self.fields["trust"] = _tap(gettext_lazy("Do we keep our word?"), TEN, required=False)
        self.fields["comment"] = forms.CharField(
            label=gettext_lazy("Anything else?"),
            max_length=LONGEST,
            required=False,
            widget=forms.Textarea({"rows": 3}),
        )

    def rows(self):
        """[(point, [what everybody taps], how much it matters)]"""
        return [
            (one, [self[f"{name}-{one.pk}"] for name in ("e", "r", "d")], self[f"i-{one.pk}"]) for one in self.points
        ]

    def last(self):
        return [self[name] for name in ("overall", "renew", "trust") if name in self.fields]

    def values(self) -> dict:
        """What `answer` takes."""
        said = self.cleaned_data
        answers = {one.pk: Said(*(said[f"{name}-{one.pk}"] for name in ("e", "r", "d", "i"))) for one in self.points}
        whole = {name: said.get(name) for name in ("overall", "renew", "trust")}
        return {"answers": answers, "comment": said["comment"], **whole}


class WaiveForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why nobody guesses"), max_length=200)


class RoundForm(forms.Form):
    """Whom it asks is chosen beside it (views.py). Where nothing to ask is written yet, the usual points are."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    template = forms.ModelChoiceField(label=gettext_lazy("What is asked"), queryset=None, empty_label=None)
    opens_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput(), initial=today)
    closes_on = forms.DateField(label=gettext_lazy("Until"), widget=DayInput())

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        written = SurveyTemplate.objects.visible_to(by).active()
        self.fields["template"].queryset = written
        if not written.exists():
            self.fields["template"].required = False
            self.fields["template"].empty_label = gettext_lazy("How content are you? The usual points")


class TemplateForm(forms.Form):
    """Points by category, and others in one's own words."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("Which customers"),
        choices=[
            ("", gettext_lazy("all customers")),
            ("agent", gettext_lazy("agents")),
            ("franchisee", gettext_lazy("franchisees")),
        ],
        required=False,
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Points"),
        choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[one.value for one in DEFAULT_POINTS],
    )
    further = forms.CharField(
        label=gettext_lazy("Further points"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("In your own words, one a line, at most 80 characters each."),
    )
    threshold = forms.IntegerField(
        label=gettext_lazy("A shortfall of so many points opens an issue"),
        min_value=1,
        max_value=9,
        initial=USUAL_THRESHOLD,
    )
    asks_trust = forms.BooleanField(label=gettext_lazy("Ask whether we keep our word"), required=False, initial=True)

    def values(self) -> dict:
        """What `write_template` takes."""
        said = dict(self.cleaned_data)
        points = [(one, "") for one in said.pop("categories")]
        own = [" ".join(line.split()) for line in said.pop("further").splitlines() if line.strip()]
        return {**said, "points": [*points, *((Category.OTHER.value, one) for one in own)]}

    @staticmethod
    def initial_of(template: SurveyTemplate) -> dict:
        points = list(template.points.all())
        return {
            "name": template.name,
            "kind": template.kind,
            "threshold": template.threshold,
            "asks_trust": template.asks_trust,
            "categories": [one.category for one in points if not one.label],
            "further": "\n".join(one.label for one in points if one.label),
        }


class WhomForm(forms.Form):
    """Whom a round asks, of those in reach."""

    ALL, MINE = "all", "mine"
    whom = forms.ChoiceField(
        label=gettext_lazy("Who is asked"),
        choices=[(MINE, gettext_lazy("those I look after")), (ALL, gettext_lazy("everybody in my reach"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        choices=[("", gettext_lazy("Every tier")), ("A", "A"), ("B", "B"), ("C", "C")],
        required=False,
    )
    tag = forms.ModelChoiceField(
        label=gettext_lazy("Tag"), queryset=None, required=False, empty_label=gettext_lazy("Any")
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["tag"].queryset = Tag.objects.visible_to(by).order_by("name")
        self.fields["whom"].initial = self.MINE if by.role == Role.MANAGER else self.ALL

    def customers(self):
        said = self.cleaned_data
        rows = Customer.objects.editable_by(self.by).exclude(state=CustomerState.CLOSED).order_by("pk")
        if said["whom"] == self.MINE:
            rows = rows.in_charge_of(self.by.pk, today())
        if said["tier"]:
            rows = rows.filter(standing__tier=said["tier"])
        if said["tag"]:
            tagged = CustomerTag.objects.visible_to(self.by).filter(tag=said["tag"])
            rows = rows.filter(pk__in=tagged.order_by().values("customer_id"))
        return rows
