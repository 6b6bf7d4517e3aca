"""The shape of what people enter about visits."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from crm.workdays import next_working_day
from customers.profile.forms import DayInput, PersonField
from visits.plan.bulk import MOST_A_DAY, USUAL_A_DAY
from visits.plan.models import (
    LEAST_MINUTES,
    LONGEST,
    LONGEST_GOAL,
    MOST_MINUTES,
    USUAL_MINUTES,
    PlannedVisit,
    Purpose,
)
from visits.plan.shortnotice import was_promised
from visits.plan.visiting import visitors_open_to

DAYS_SPREAD = 10


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs):
        super().__init__(format="%H:%M", **kwargs)


THEY_ASKED = gettext_lazy("The customer asked for the change")
LATE = gettext_lazy("Else a day that was agreed, changed on the day or the day before, draws on their trust.")


class VisitForm(forms.Form):
    visitor = PersonField(label=gettext_lazy("Who goes"), queryset=None)
    day = forms.DateField(label=gettext_lazy("Date"), widget=DayInput())
    starts_at = forms.TimeField(label=gettext_lazy("Time"), widget=TimeInput(), required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes there"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        initial=USUAL_MINUTES,
    )
    is_agreed = forms.BooleanField(
        label=gettext_lazy("Agreed with the customer"),
        required=False,
        help_text=gettext_lazy("It stays where it is when plans are made anew."),
    )
    they_asked = forms.BooleanField(label=THEY_ASKED, required=False, help_text=LATE)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Purpose.choices, initial=Purpose.ROUTINE)
    goals = forms.CharField(
        label=gettext_lazy("Goals"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One a line: what should be different afterwards?"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, by, visit: PlannedVisit | None = None, **kwargs):
        if visit is not None:
            names = ("day", "starts_at", "minutes", "is_agreed", "purpose", "note", "version")
            goals = "\n".join(one.text for one in visit.goals.all())
            kwargs["initial"] = {
                **{name: getattr(visit, name) for name in names},
                "visitor": visit.visitor_id,
                "goals": goals,
                **(kwargs.get("initial") or {}),
            }
        super().__init__(*args, **kwargs)
        self.fields["visitor"].queryset = visitors_open_to(by)
        if visit is None or not was_promised(visit):
            del self.fields["they_asked"]
        self.visit = visit
        if visit is not None and visit.is_agreed:
            self.fields["agreed_anew"] = forms.BooleanField(
                label=gettext_lazy("The customer agreed to the new day"),
                required=False,
                help_text=gettext_lazy("Without it a visit that is put on another day is no longer agreed."),
            )
        if visit is not None:
            # Whoever goes so far may stay so, also where this person could not send them.
            self.fields["visitor"].queryset |= type(visit.visitor).objects.filter(pk=visit.visitor_id)

    def clean_goals(self) -> list[str]:
        return self.cleaned_data["goals"].splitlines()

    def values(self) -> dict:
        """What the actions take, without the version. One that was agreed is so on another day if that is said."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "agreed_anew")}
        if "agreed_anew" in self.fields and self.visit is not None and given["day"] != self.visit.day:
            asked = self.cleaned_data.get("they_asked", False)
            given["is_agreed"] = given["is_agreed"] and (self.cleaned_data["agreed_anew"] or asked)
        return given


class CallOffForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=LONGEST, widget=forms.Textarea({"rows": 2}))
    they_asked = forms.BooleanField(label=THEY_ASKED, required=False, help_text=LATE)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, visit: PlannedVisit, **kwargs):
        super().__init__(*args, initial={"version": visit.version}, **kwargs)
        if not was_promised(visit):
            del self.fields["they_asked"]


class DoneForm(forms.Form):
    """With a question for each goal, named `goal-ID`."""

    ANSWERS = (("", gettext_lazy("not said")), ("yes", gettext_lazy("reached")), ("no", gettext_lazy("not reached")))

    outcome = forms.CharField(
        label=gettext_lazy("What came of it"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, visit: PlannedVisit, **kwargs):
        super().__init__(*args, **kwargs)
        self.goals = list(visit.goals.all())
        asked = {
            f"goal-{one.pk}": forms.ChoiceField(
                label=one.text, choices=self.ANSWERS, required=False, widget=forms.RadioSelect
            )
            for one in self.goals
        }
        self.fields = {**asked, **self.fields}

    def values(self) -> dict:
        """What `mark_done` takes."""
        said = {"yes": True, "no": False}
        met = {one.pk: said.get(self.cleaned_data[f"goal-{one.pk}"]) for one in self.goals}
        return {"outcome": self.cleaned_data["outcome"], "version": self.cleaned_data["version"], "met": met}


class ManyForm(forms.Form):
    """A visit to each of many: on one day, or spread over working days."""

    ONE, SPREAD = "day", "spread"
    visitor = PersonField(
        label=gettext_lazy("Who goes"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Whoever is in charge of each"),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=((SPREAD, gettext_lazy("spread over working days")), (ONE, gettext_lazy("all on one day"))),
        widget=forms.RadioSelect,
        initial=SPREAD,
    )
    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("For visits that are spread. Neighbours share a day."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Visits a day, at most"),
        min_value=1,
        max_value=MOST_A_DAY,
        initial=USUAL_A_DAY,
        required=False,
        help_text=gettext_lazy("Of one person; those planned already count."),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Purpose.choices, initial=Purpose.ROUTINE)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes there"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES, initial=USUAL_MINUTES
    )
    goal = forms.CharField(label=gettext_lazy("Goal"), max_length=LONGEST_GOAL, required=False)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visitor"].queryset = visitors_open_to(by)
        start = last = next_working_day(today())
        for _n in range(DAYS_SPREAD - 1):
            last = next_working_day(last)
        self.fields["first"].initial, self.fields["last"].initial = start, last

    def clean(self):
        values = super().clean() or self.cleaned_data
        if values.get("how") == self.SPREAD:
            for name in ("last", "most"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, forms.ValidationError(_("This field is required."), code="required"))
        return values

    def values(self) -> dict:
        """What `plan_many` takes."""
        given = {name: self.cleaned_data[name] for name in ("visitor", "purpose", "minutes", "goal")}
        if self.cleaned_data["how"] == self.ONE:
            return {**given, "day": self.cleaned_data["first"]}
        return {**given, **{name: self.cleaned_data[name] for name in ("first", "last", "most")}}

    def add_error(self, field, error):
        # The action speaks of `day` where there is one; the form has its first day for it.
        if field is None and hasattr(error, "error_dict") and "day" in error.error_dict:
            field, error = "first", error.error_dict["day"]
        super().add_error(field, error)
