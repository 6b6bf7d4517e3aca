"""The shape of a report as it is written on the phone; whether it may be is for the actions to say."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.clock import today
from customers.contacts.forms import FaceField
from customers.contacts.models import LONGEST as LONGEST_SAID
from customers.contacts.models import LONGEST_STEP, Mood
from customers.files.forms import FilesField, ManyFiles
from customers.issues.checking import in_charge, owners_open_to
from customers.issues.models import LONGEST_TITLE, Category, Origin, Severity
from customers.profile.forms import DayInput, PersonField
from customers.profile.models import Customer, Datum
from customers.promises.forms import VERSION, StandingField, people_of
from customers.promises.models import LONGEST as LONGEST_PROMISE
from customers.promises.models import Side
from visits.plan.forms import TimeInput
from visits.plan.models import LEAST_MINUTES, LONGEST_WHY, MOST_MINUTES, USUAL_MINUTES, PlannedVisit, Purpose, VisitGoal
from visits.report.checkin import Fix
from visits.report.models import LONGEST, LONGEST_SHARED, Cooperation, VisitReport
from visits.report.reading import private_part

_ISO = ["%Y-%m-%dT%H:%M:%S.%fZ"]
_AREA = {"required": False, "widget": forms.Textarea({"rows": 3})}
_HIDDEN = {"required": False, "widget": forms.HiddenInput}
MET = (("yes", gettext_lazy("reached")), ("no", gettext_lazy("not reached")))
SAID = {"yes": True, "no": False}
ORIGINS = (Origin.TOLD, Origin.FOUND)


class PhotosForm(forms.Form):
    photos = FilesField(
        label=gettext_lazy("Photos"),
        required=False,
        allow_empty_file=True,
        widget=ManyFiles({"accept": "image/*", "capture": "environment"}),
    )


class AdditionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is to be added or put right"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
    )


class GoalFields:
    """For each goal of the visit whether it was met (`goal-ID`) and why (`why-ID`)."""

    fields: dict[str, forms.Field]
    cleaned_data: dict
    goals: list[VisitGoal]

    def ask_goals(self, visit: PlannedVisit | None) -> None:
        self.goals = list(visit.goals.all()) if visit is not None else []
        for one in self.goals:
            initial = {True: "yes", False: "no"}.get(one.met)  # type: ignore[call-overload]
            self.fields[f"goal-{one.pk}"] = forms.ChoiceField(
                label=one.text, choices=MET, required=False, widget=forms.RadioSelect, initial=initial
            )
            self.fields[f"why-{one.pk}"] = forms.CharField(
                label=gettext_lazy("Why"), max_length=LONGEST_WHY, required=False, initial=one.why
            )

    def goal_rows(self):
        return [(self[f"goal-{one.pk}"], self[f"why-{one.pk}"]) for one in self.goals]  # type: ignore[index]

    def goal_values(self) -> dict:
        given = self.cleaned_data
        return {
            "met": {one.pk: SAID.get(given[f"goal-{one.pk}"]) for one in self.goals},
            "why": {one.pk: given[f"why-{one.pk}"] for one in self.goals},
        }


class ChangeForm(GoalFields, forms.Form):
    """What its author may change within a day."""

    listened = forms.CharField(label=gettext_lazy("What they say"), max_length=LONGEST_SAID, **_AREA)
    found = forms.CharField(label=gettext_lazy("What they did not see"), max_length=LONGEST, **_AREA)
    solved = forms.CharField(label=gettext_lazy("Solved on the spot"), max_length=LONGEST, **_AREA)
    mood_before = FaceField(Mood, label=gettext_lazy("Mood before"))
    mood_after = FaceField(Mood, label=gettext_lazy("Mood after"))
    person = StandingField(label=gettext_lazy("With whom"), queryset=None, required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes there"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES, initial=USUAL_MINUTES
    )
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=LONGEST_STEP, required=False)
    next_on = forms.DateField(label=gettext_lazy("When next"), widget=DayInput(), required=False)
    shared = forms.CharField(
        label=gettext_lazy("For the customer"),
        max_length=LONGEST_SHARED,
        help_text=gettext_lazy("The dealer reads this in the portal, with the day and your name, and nothing else."),
        **_AREA,
    )
    private = forms.CharField(
        label=gettext_lazy("Only for me"),
        max_length=LONGEST_SAID,
        help_text=gettext_lazy("Kept as a private note: nobody else reads it, administrators included."),
        **_AREA,
    )
    version = forms.IntegerField(**VERSION)

    def __init__(self, *args, by, customer: Customer, visit: PlannedVisit | None, report=None, **kwargs):
        if report is not None:
            kwargs["initial"] = _as_it_is(report, by)
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_of(by, customer)
        self.ask_goals(visit)

    def values(self) -> dict:
        """What `change_report` takes, the version apart."""
        names = (
            "listened",
            "found",
            "solved",
            "mood_before",
            "mood_after",
            "person",
            "minutes",
            "next_step",
            "next_on",
        )
        given = {name: self.cleaned_data[name] for name in (*names, "shared", "private")}
        return given | self.goal_values()


def _as_it_is(report: VisitReport, by) -> dict:
    own = {name: getattr(report, name) for name in ("found", "solved", "shared", "minutes", "version")}
    said = {name: getattr(report.contact, name) for name in ("mood_before", "mood_after", "next_step", "next_on")}
    person = report.contact.person_id
    return own | said | {"person": person, "listened": report.contact.text, "private": private_part(report, by)}


class ReportForm(ChangeForm):
    starts_at = forms.TimeField(label=gettext_lazy("Time"), widget=TimeInput(), required=False)
    day = forms.DateField(label=gettext_lazy("Date"), widget=DayInput(), required=False)
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Purpose.choices, initial=Purpose.ROUTINE, required=False
    )
    ours = forms.CharField(label=gettext_lazy("We promised"), max_length=LONGEST_PROMISE, required=False)
    ours_due = forms.DateField(label=gettext_lazy("We keep it until"), widget=DayInput(), required=False)
    theirs = forms.CharField(label=gettext_lazy("They promised"), max_length=LONGEST_PROMISE, required=False)
    theirs_due = forms.DateField(label=gettext_lazy("They keep it until"), widget=DayInput(), required=False)
    cooperation = forms.TypedChoiceField(
        label=gettext_lazy("How they worked with us"),
        choices=[("", pgettext_lazy("contact", "not said")), *Cooperation.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Counts as one observation of cooperation; left open, it counts for nothing."),
    )
    latitude = forms.DecimalField(min_value=-90, max_value=90, **_HIDDEN)
    longitude = forms.DecimalField(min_value=-180, max_value=180, **_HIDDEN)
    datum = forms.ChoiceField(choices=Datum.choices, initial=Datum.WGS84, **_HIDDEN)
    accuracy_m = forms.IntegerField(min_value=0, max_value=10**6, **_HIDDEN)
    age_s = forms.IntegerField(min_value=0, max_value=10**8, **_HIDDEN)
    checked_in_at = forms.DateTimeField(input_formats=_ISO, **_HIDDEN)
    client_key = forms.UUIDField(**_HIDDEN)
    # When it was written, where it was sent only later.
    written_at = forms.DateTimeField(input_formats=_ISO, **_HIDDEN)
    photos = PhotosForm.base_fields["photos"]

    def __init__(self, *args, by, customer: Customer, visit: PlannedVisit | None, **kwargs):
        super().__init__(*args, by=by, customer=customer, visit=visit, **kwargs)
        self.visit = visit
        self.fields["client_key"].initial = uuid.uuid4
        self.fields["day"].initial = today
        if visit is not None:
            del self.fields["day"], self.fields["purpose"]
            self.fields["minutes"].initial = visit.minutes
            # One that began earlier than it was planned for is reported before that time.
            if visit.day < today() or (visit.starts_at is not None and visit.starts_at <= localtime().time()):
                self.fields["starts_at"].initial = visit.starts_at
        owners = owners_open_to(by)
        held = in_charge(customer, today())
        if held is not None:
            owners |= type(held).objects.filter(pk=held.pk)
        for origin in ORIGINS:
            self.fields |= _issue_fields(origin, owners)

    def issue_rows(self):
        names = ("title", "category", "severity", "owner", "due_on")
        texts = {Origin.TOLD: _("Write down an issue they told"), Origin.FOUND: _("Write down an issue we found")}
        return {str(one): (texts[one], [self[f"{one}_{name}"] for name in names]) for one in ORIGINS}

    def clean(self):
        values = super().clean() or self.cleaned_data
        for side in ("ours", "theirs"):
            text, due = values.get(side), values.get(f"{side}_due")
            if text and due is None and f"{side}_due" not in self.errors:
                self.add_error(f"{side}_due", forms.ValidationError(_("Until when?"), code="required"))
            if due is not None and not text and side not in self.errors:
                self.add_error(side, forms.ValidationError(_("Say what was promised."), code="required"))
        if (values.get("latitude") is None) != (values.get("longitude") is None):
            self.add_error(None, forms.ValidationError(_("This is no position."), code="point"))
        return values

    def fix(self) -> Fix | None:
        given = self.cleaned_data
        if given["latitude"] is None:
            return None
        at = float(given["latitude"]), float(given["longitude"])
        return Fix(*at, given["datum"] or Datum.WGS84.value, given["accuracy_m"], given["age_s"])

    def values(self) -> dict:
        """What `file_report` takes, the customer and the photos apart."""
        given = super().values()
        names = ("starts_at", "cooperation", "checked_in_at", "client_key", "written_at", "day", "purpose")
        given |= {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        given["promises"] = [
            {"side": side.value, "text": text, "due_on": self.cleaned_data[f"{side.value}_due"]}
            for side in (Side.OURS, Side.THEIRS)
            if (text := self.cleaned_data[side.value])
        ]
        given["issues"] = [self._issue(origin) for origin in ORIGINS if self.cleaned_data[f"{origin}_title"]]
        return given | {"fix": self.fix(), "visit": self.visit}

    def _issue(self, origin: Origin) -> dict:
        names = ("title", "category", "severity", "owner", "due_on")
        return {"origin": str(origin), **{name: self.cleaned_data[f"{origin}_{name}"] for name in names}}


def _issue_fields(origin: Origin, owners) -> dict[str, forms.Field]:
    return {
        f"{origin}_title": forms.CharField(
            label=gettext_lazy("What is wrong"), max_length=LONGEST_TITLE, required=False
        ),
        f"{origin}_category": forms.ChoiceField(
            label=gettext_lazy("About"), choices=Category.choices, required=False, initial=Category.SUPPLY
        ),
        f"{origin}_severity": forms.TypedChoiceField(
            label=gettext_lazy("How bad"),
            choices=Severity.choices,
            coerce=int,
            empty_value=int(Severity.ANNOYING),
            initial=Severity.ANNOYING,
            required=False,
        ),
        f"{origin}_owner": PersonField(
            label=gettext_lazy("Who sees to it"),
            queryset=owners,
            required=False,
            empty_label=gettext_lazy("Whoever is in charge of the customer"),
        ),
        f"{origin}_due_on": forms.DateField(
            label=gettext_lazy("To be solved by"),
            widget=DayInput(),
            required=False,
            help_text=gettext_lazy("Left empty, it follows from the tier and from how bad it is."),
        ),
    }
