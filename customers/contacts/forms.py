"""The shape of what people enter about contacts and common ground."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.contacts.models import (
    LONGEST,
    LONGEST_STEP,
    LONGEST_TOPIC,
    Business,
    Channel,
    Contact,
    Direction,
    Ground,
    Mood,
    Openness,
    Purpose,
    Topic,
)
from customers.profile.forms import DayInput
from customers.promises.forms import VERSION, StandingField, people_of
from customers.promises.models import LONGEST as LONGEST_PROMISE
from customers.promises.models import Side

ASKED = (
    ("", gettext_lazy("from what is written")),
    ("no", gettext_lazy("asked for nothing")),
    ("yes", gettext_lazy("asked for something")),
)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class FaceField(forms.TypedChoiceField):
    """1 to 5 in one tap, or nothing."""

    def __init__(self, scale, **kwargs):
        choices = scale.choices
        super().__init__(
            choices=choices, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect, **kwargs
        )


class TopicsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Topic) -> str:
        return obj.text


class ContactForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("How"), choices=Channel.choices, widget=forms.RadioSelect, initial=Channel.CALL
    )
    mood_before = FaceField(Mood, label=gettext_lazy("Mood before"))
    mood_after = FaceField(Mood, label=gettext_lazy("Mood after"))
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    topics = TopicsField(label=gettext_lazy("Spoken of"), queryset=None, required=False)
    just_listened = forms.BooleanField(label=gettext_lazy("just listened"), required=False)
    is_private = forms.BooleanField(label=gettext_lazy("only for me"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=LONGEST_STEP, required=False)
    next_on = forms.DateField(label=gettext_lazy("When next"), widget=DayInput(), required=False)
    ours = forms.CharField(label=gettext_lazy("We promised"), max_length=LONGEST_PROMISE, required=False)
    ours_due = forms.DateField(label=gettext_lazy("We keep it until"), widget=DayInput(), required=False)
    theirs = forms.CharField(label=gettext_lazy("They promised"), max_length=LONGEST_PROMISE, required=False)
    theirs_due = forms.DateField(label=gettext_lazy("They keep it until"), widget=DayInput(), required=False)
    person = StandingField(label=gettext_lazy("With whom"), queryset=None, required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Who reached whom"), choices=Direction.choices, initial=Direction.OUT, required=False
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=MomentInput(),
        required=False,
        help_text=gettext_lazy("Now, if nothing is said."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=[("", pgettext_lazy("contact", "not said")), *Purpose.choices],
        required=False,
    )
    asked = forms.ChoiceField(label=gettext_lazy("Did we ask for anything?"), choices=ASKED, required=False)
    openness = forms.TypedChoiceField(
        label=gettext_lazy("How open they were"),
        choices=[("", pgettext_lazy("contact", "not said")), *Openness.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    business = forms.TypedChoiceField(
        label=gettext_lazy("How business goes, they say"),
        choices=[("", pgettext_lazy("contact", "not said")), *Business.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    own_mood = forms.TypedChoiceField(
        label=gettext_lazy("My own mood"),
        choices=[("", pgettext_lazy("contact", "not said")), *Mood.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Shown to nobody but you."),
    )
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # When it was written, where it was sent only later.
    written_at = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%fZ"])
    version = forms.IntegerField(**VERSION)

    def __init__(self, *args, by, customer, contact: Contact | None = None, channels=(), **kwargs):
        if contact is not None:
            names = (
                *("channel", "mood_before", "mood_after", "text", "just_listened", "is_private", "next_step"),
                *(
                    "next_on",
                    "person",
                    "direction",
                    "happened_at",
                    "purpose",
                    "openness",
                    "business",
                    "own_mood",
                    "version",
                ),
            )
            kwargs["initial"] = {name: getattr(contact, name) for name in names} | {
                "asked": "no" if contact.asked_nothing else "yes"
            }
        super().__init__(*args, **kwargs)
        self.contact = contact
        self.fields["person"].queryset = people_of(by, customer)
        topics = Topic.objects.visible_to(by).usable().filter(customer=customer)
        self.fields["topics"].queryset = topics
        if channels:
            order = [*channels, *(code for code in Channel.values if code not in channels)]
            self.fields["channel"].choices = sorted(Channel.choices, key=lambda pair: order.index(pair[0]))
            self.fields["channel"].initial = order[0]
        if contact is None:
            self.fields["client_key"].initial = uuid.uuid4
            self.fields["asked"].initial = ""
            return
        for name in ("topics", "ours", "ours_due", "theirs", "theirs_due", "client_key", "written_at"):
            del self.fields[name]

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or Direction.OUT

    def clean(self):
        values = super().clean() or self.cleaned_data
        for side in ("ours", "theirs"):
            text, due = values.get(side), values.get(f"{side}_due")
            if text and due is None and f"{side}_due" not in self.errors:
                self.add_error(f"{side}_due", forms.ValidationError(gettext_lazy("Until when?"), code="required"))
            if due is not None and not text and side not in self.errors:
                self.add_error(side, forms.ValidationError(gettext_lazy("Say what was promised."), code="required"))
        return values

    def values(self) -> dict:
        """What the actions take, without the version."""
        given = dict(self.cleaned_data)
        asked = {"no": True, "yes": False}.get(given.pop("asked"))
        given.pop("version")
        if self.contact is not None:
            if given["happened_at"] is None or _same_minute(given["happened_at"], self.contact.happened_at):
                given["happened_at"] = self.contact.happened_at
            if asked is not None:
                given["asked_nothing"] = asked
            return given
        given["asked_nothing"] = asked
        given["promises"] = [
            {"side": side, "text": text, "due_on": due}
            for side in (Side.OURS.value, Side.THEIRS.value)
            if (pair := (given.pop(side), given.pop(f"{side}_due"))) and (text := pair[0]) and (due := pair[1])
        ]
        given["topics"] = list(given["topics"])
        return given


def _same_minute(one, other) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


class TopicForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What do you have in common?"), max_length=LONGEST_TOPIC)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Ground.choices, initial=Ground.INTEREST)
    person = StandingField(label=gettext_lazy("Whose"), queryset=None, required=False)
    source = forms.CharField(label=gettext_lazy("Known from"), max_length=60, required=False)

    def __init__(self, *args, by, customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_of(by, customer)
