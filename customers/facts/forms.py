"""The shape of a fact entered by hand; what may be is for the actions to say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from customers.facts.actions import Origin, clean_value, usual_expiry
from customers.facts.field import OTHER, Field
from customers.facts.models import Consent, Fact, Source
from customers.facts.values import LONGEST, parts_of
from customers.facts.words import has_other
from customers.profile.forms import DayInput

_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


def _value_field(field: Field) -> forms.Field:
    if field.form == "choice":
        return forms.ChoiceField(choices=list((field.choices or {}).items()), widget=forms.RadioSelect, required=False)
    if field.form == "many":
        choices = [(key, label) for key, label in (field.choices or {}).items() if key != OTHER]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, required=False)
    if field.form == "rating":
        points = [(str(n), str(n)) for n in range(1, 6)]
        return forms.ChoiceField(choices=points, widget=forms.RadioSelect, required=False)
    if field.form == "date":
        return forms.DateField(widget=DayInput(), required=False)
    if field.form == "long":
        return forms.CharField(widget=forms.Textarea({"rows": 4}), max_length=LONGEST["long"], required=False)
    if field.form == "text":
        return forms.CharField(max_length=LONGEST["text"], required=False)
    attributes = _DECIMAL if field.form in ("money", "percent") else {**_DECIMAL, "inputmode": "numeric"}
    return forms.CharField(max_length=30, widget=forms.TextInput(attributes), required=False)


def entered(field: Field, text: str) -> Any:
    """A canonical text as it is entered again."""
    if field.form == "percent" and text:
        return format((Decimal(text) * 100).normalize(), "f")
    if field.form == "money" and text:
        return text.removesuffix(".00")
    if field.form == "many":
        return parts_of(text)[0]
    if field.form == "choice":
        keys, own = parts_of(text)
        return OTHER if own else "".join(keys[:1])
    return text


class FactForm(forms.Form):
    """One fact. `seen` is the key of the fact that the person saw in force (0: none)."""

    source = forms.ChoiceField(
        label=_("How do you know?"),
        choices=[one for one in Source.choices if one[0] != Source.IMPORT],
        initial=Source.TOLD,
        widget=forms.RadioSelect,
        required=False,
    )
    told_by = forms.CharField(label=_("Told by"), max_length=80, required=False)
    noted_on = forms.DateField(label=_("On"), widget=DayInput(), initial=today, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    purpose = forms.CharField(
        label=_("Kept for"),
        max_length=200,
        required=False,
        help_text=_("What this is needed for. They may ask, and they may see it."),
    )
    consent = forms.ChoiceField(
        label=_("Their consent"), choices=Consent.choices, required=False, widget=forms.RadioSelect
    )
    expires_on = forms.DateField(
        label=_("Kept until"),
        widget=DayInput(),
        required=False,
        help_text=_("On that day it is deleted by itself."),
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, *args, field: Field, fact: Fact | None = None, text: str = "", forgetting: bool = False, **kwargs
    ):
        """fact: the one in force; text: its value where this person may see it in the form.

        forgetting: it is to be not known any more, so that no value is asked for.
        """
        initial = {"seen": fact.pk if fact else 0, "value": entered(field, text), "own": parts_of(text)[1]}
        if field.sensitive:
            initial["expires_on"] = usual_expiry(today())
            initial["purpose"] = fact.purpose if fact and fact.purpose else str(_("Advice and care for this customer"))
            initial["consent"] = fact.consent if fact else ""
        kwargs.setdefault("initial", {}).update(initial)
        super().__init__(*args, **kwargs)
        self.known = field
        self.fields["value"] = _value_field(field)
        self.fields["value"].label = field.label
        # With words of one's own beside it, either of the two will do.
        self.fields["value"].required = not forgetting and not has_other(field)
        if has_other(field):
            self.fields["own"] = forms.CharField(
                label=_("Other, in your own words"), max_length=LONGEST["choice"], required=False
            )
        self.fields["value"].help_text = str(field.unit) if field.unit else ("%" if field.form == "percent" else "")
        for name in ("note",) if field.sensitive else ("purpose", "consent", "expires_on"):
            del self.fields[name]

    def value_fields(self):
        return [self[name] for name in ("value", "own") if name in self.fields]

    def origin_fields(self):
        names = ("source", "told_by", "noted_on", "note", "purpose", "consent", "expires_on")
        return [self[name] for name in names if name in self.fields]

    def clean(self):
        values = super().clean() or self.cleaned_data
        if "value" in values:
            try:
                self.text = clean_value(self.known, self._raw(values))
            except forms.ValidationError as refusal:
                self.add_error(None if "value" not in self.fields else "value", refusal.message_dict["value"])
        return values

    def _raw(self, values) -> Any:
        raw, own = values.get("value"), (values.get("own") or "").strip()
        if self.known.form == "many":
            return [*(raw or []), f"{OTHER}:{own}"] if own else list(raw or [])
        if self.known.form == "choice" and own and raw in (OTHER, "", None):
            return f"{OTHER}:{own}"
        return raw

    def origin(self) -> Origin:
        values = self.cleaned_data
        return Origin(
            source=values.get("source") or Source.TOLD,
            told_by=values.get("told_by", ""),
            noted_on=values.get("noted_on"),
            note=values.get("note", ""),
            purpose=values.get("purpose", "") or (str(self.initial.get("purpose", ""))),
            consent=values.get("consent", ""),
            expires_on=values.get("expires_on"),
        )
