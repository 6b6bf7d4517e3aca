"""The shape of what people enter about issues; whether it may be is for the actions to say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.clock import today
from customers.issues.checking import causes_offered, in_charge, owners_open_to
from customers.issues.models import LONGEST, LONGEST_TITLE, Category, Issue, Origin, Severity
from customers.issues.rulemodels import IssueCause
from customers.people.models import Person, PersonRole
from customers.profile.forms import DayInput, PersonField
from customers.profile.models import Customer

STARS = [("", _("no stars")), *((str(n), str(n)) for n in range(1, 6))]


class _Texts(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def values(self) -> dict:
        """What the action takes, the version apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class IssueForm(_Texts):
    title = forms.CharField(
        label=_("What is wrong"),
        max_length=LONGEST_TITLE,
        help_text=_("A customer who told it sees this title in their portal, and nothing else of what you write here."),
    )
    category = forms.ChoiceField(label=_("About"), choices=Category.choices)
    severity = forms.TypedChoiceField(
        label=_("How bad"), choices=Severity.choices, coerce=int, initial=Severity.ANNOYING, widget=forms.RadioSelect
    )
    origin = forms.ChoiceField(
        label=pgettext_lazy("issue", "Origin"), choices=Origin.choices, initial=Origin.TOLD, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What happened"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 3})
    )
    person = forms.ModelChoiceField(
        label=_("Who said it"), queryset=None, required=False, empty_label=_("Nobody by name")
    )
    owner = PersonField(
        label=_("Who sees to it"), queryset=None, required=False, empty_label=_("Whoever is in charge of the customer")
    )
    reported_on = forms.DateField(label=_("Reported on"), widget=DayInput(), initial=today)
    due_on = forms.DateField(
        label=_("To be solved by"),
        widget=DayInput(),
        required=False,
        help_text=_("Left empty, it follows from the tier, from what it is about and from how bad it is."),
    )

    def __init__(self, *args, by, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners_open_to(by)
        held = in_charge(customer, today())
        if held is not None:
            self.fields["owner"].queryset |= type(held).objects.filter(pk=held.pk)
        standing = PersonRole.objects.visible_to(by).in_force(today()).filter(customer=customer)
        self.fields["person"].queryset = Person.objects.visible_to(by).filter(pk__in=standing.values("person_id"))


class ChangeForm(_Texts):
    title = forms.CharField(label=_("What is wrong"), max_length=LONGEST_TITLE)
    category = forms.ChoiceField(label=_("About"), choices=Category.choices)
    severity = forms.TypedChoiceField(
        label=_("How bad"), choices=Severity.choices, coerce=int, widget=forms.RadioSelect
    )
    origin = forms.ChoiceField(label=pgettext_lazy("issue", "Origin"), choices=Origin.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happened"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 3})
    )
    due_on = forms.DateField(label=_("To be solved by"), widget=DayInput())
    reason = forms.CharField(
        label=_("Why it changes"), max_length=300, required=False, help_text=_("Needed where it takes longer.")
    )

    def __init__(self, *args, issue: Issue, **kwargs):
        names = ("title", "category", "severity", "origin", "text", "due_on", "version")
        kwargs["initial"] = {name: getattr(issue, name) for name in names}
        super().__init__(*args, **kwargs)


class AssignForm(_Texts):
    owner = PersonField(label=_("Who sees to it"), queryset=None)
    text = forms.CharField(label=_("A word along"), max_length=300, required=False)

    def __init__(self, *args, by, issue: Issue, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners_open_to(by)
        held = in_charge(issue.customer, today())
        if held is not None:
            self.fields["owner"].queryset |= type(held).objects.filter(pk=held.pk)


class CommentForm(forms.Form):
    text = forms.CharField(label=_("What is new"), max_length=LONGEST, widget=forms.Textarea({"rows": 2}))
    is_public = forms.BooleanField(label=_("The customer may read it"), required=False)


class AnswerForm(_Texts):
    answer = forms.CharField(
        label=_("How it was solved"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer reads it."),
    )

    cause = forms.ModelChoiceField(
        label=_("Why it came about"),
        queryset=IssueCause.objects.none(),
        required=False,
        empty_label=_("Not known yet"),
        help_text=_("Among ourselves: the customer does not read it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = causes_offered()


class CauseForm(_Texts):
    """Of the causes that are offered, and the one it has."""

    cause = forms.ModelChoiceField(
        label=_("Why it came about"), queryset=IssueCause.objects.none(), required=False, empty_label=_("Not known yet")
    )

    def __init__(self, *args, issue: Issue, **kwargs):
        kwargs["initial"] = {"version": issue.version, "cause": issue.cause_id}
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = causes_offered(issue.cause_id)


class PauseForm(_Texts):
    reason = forms.CharField(
        label=_("What we wait for"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The customer reads it. Until they have done their part the clock stands."),
    )


class ResumeForm(_Texts):
    text = forms.CharField(
        label=_("What is here now"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The customer reads it."),
    )


class RejectForm(_Texts):
    answer = forms.CharField(
        label=_("Why we will not solve it"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer reads it."),
    )


class ReopenForm(_Texts):
    reason = forms.CharField(
        label=_("Why it is open again"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The customer reads it."),
    )


class WordForm(_Texts):
    """What the customer says, written down by whoever called."""

    YES, NO = "yes", "no"
    solved = forms.TypedChoiceField(
        label=_("Is it solved?"),
        choices=((YES, _("yes, it is solved")), (NO, _("no, it is not"))),
        coerce=lambda value: value == WordForm.YES,
        widget=forms.RadioSelect,
    )
    stars = forms.TypedChoiceField(label=_("Stars"), choices=STARS, coerce=int, empty_value=None, required=False)
    text = forms.CharField(label=_("In their words"), max_length=LONGEST, required=False)
