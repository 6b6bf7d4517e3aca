"""The shape of what people enter about support."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Region
from crm.clock import today
from customers.people.models import Person
from customers.profile.forms import DayInput, RegionField
from customers.profile.models import Customer
from customers.profile.models import Kind as CustomerKind
from customers.support.entitling import next_quarter, quarter_of
from customers.support.models import (
    LONGEST,
    SHORT,
    Gives,
    Period,
    SupportCategory,
    SupportRequest,
    Through,
)
from customers.support.words import quarter
from customers.tiers.models import Tier

EITHER = [("", _("agents and franchisees")), *CustomerKind.choices]


class AmountField(forms.DecimalField):
    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 12, "decimal_places": 2, "min_value": 0, **kwargs})


def _text(label, most: int, rows: int = 2, **kwargs) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **kwargs)


def _version() -> forms.IntegerField:
    return forms.IntegerField(required=False, widget=forms.HiddenInput)


def _why_over() -> forms.CharField:
    return forms.CharField(
        label=_("Why all the same"),
        max_length=SHORT,
        required=False,
        help_text=_(
            "Only where it goes over the entitlement or a budget, and you answer for the region. It stays marked."
        ),
    )


class AskForm(forms.Form):
    category = forms.ModelChoiceField(label=_("Kind of support"), queryset=None)
    what = _text(_("What is asked for"), LONGEST)
    asked_amount = AmountField(
        label=_("Value"), required=False, help_text=_("In money, where it can be said: what it would cost us.")
    )
    asked_on = forms.DateField(label=_("Asked on"), widget=DayInput())
    through = forms.ChoiceField(label=_("Asked through"), choices=Through.choices, initial=Through.MANAGER)
    asker = forms.ModelChoiceField(label=_("Who asked"), queryset=None, required=False)
    expected = forms.CharField(
        label=_("Expected effect"),
        max_length=SHORT,
        required=False,
        help_text=_("What should come of it, so that it can be looked at afterwards."),
    )

    def __init__(self, *args, user, customer: Customer, row: SupportRequest | None = None, **kwargs):
        names = ("what", "asked_amount", "asked_on", "through", "expected")
        initial = {name: getattr(row, name) for name in names} if row is not None else {"asked_on": today()}
        if row is not None:
            initial |= {"category": row.category_id, "asker": row.asker_id}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        kinds = SupportCategory.objects.visible_to(user)
        open_now = kinds.filter(is_active=True)
        self.fields["category"].queryset = open_now | kinds.filter(pk=row.category_id if row is not None else None)
        people = Person.objects.visible_to(user).filter(roles__customer=customer)
        self.fields["asker"].queryset = people.distinct().order_by("name", "pk")


class CorrectForm(AskForm):
    granted_amount = AmountField(label=_("Value granted"), required=False)
    reason = forms.CharField(label=_("Why it is corrected"), max_length=SHORT)
    over_reason = _why_over()
    version = _version()

    def __init__(self, *args, row: SupportRequest, **kwargs):
        given = {"granted_amount": row.granted_amount, "version": row.version}
        super().__init__(*args, row=row, customer=row.customer, initial=given, **kwargs)
        if not row.is_given:
            del self.fields["granted_amount"], self.fields["over_reason"]

    def values(self) -> dict:
        return {
            name: value for name, value in self.cleaned_data.items() if not (name == "granted_amount" and value is None)
        }


class GrantForm(forms.Form):
    granted_amount = AmountField(label=_("Value granted"), required=False)
    answer = _text(_("A word with it"), LONGEST, required=False)
    expected = forms.CharField(label=_("Expected effect"), max_length=SHORT, required=False)
    over_reason = _why_over()
    version = _version()

    def __init__(self, *args, row: SupportRequest, **kwargs):
        initial = {"granted_amount": row.asked_amount, "expected": row.expected, "version": row.version}
        super().__init__(*args, initial=initial, **kwargs)
        if row.asked_amount is not None:
            self.fields["granted_amount"].help_text = _("Less than was asked for grants it in part.")


class ReasonForm(forms.Form):
    reason = _text(_("Why"), LONGEST)
    version = _version()


class DeliverForm(forms.Form):
    on = forms.DateField(label=_("Delivered on"), widget=DayInput())
    version = _version()


class CostForm(forms.Form):
    amount = AmountField(label=_("Cost"))
    booked_on = forms.DateField(label=_("Booked on"), widget=DayInput())
    note = forms.CharField(label=_("Note"), max_length=SHORT, required=False)
    over_reason = _why_over()


class TakeBackForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=SHORT)


class BudgetForm(forms.Form):
    region = RegionField(label=_("Region"), queryset=None)
    quarter = forms.TypedChoiceField(label=_("Quarter"))
    amount = AmountField(label=_("Budget"))
    note = forms.CharField(label=_("Note"), max_length=SHORT, required=False)
    version = _version()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.visible_to(user)
        first = quarter_of(today())
        days = [next_quarter(first, n) for n in range(-4, 5)]
        self.fields["quarter"].choices = [(day.isoformat(), quarter(day)) for day in days]
        self.fields["quarter"].coerce = type(first).fromisoformat


class QuantityForm(forms.Form):
    gives = forms.ChoiceField(label=_("What is given"), choices=Gives.choices)
    amount = AmountField(label=_("How much"), help_text=_("Money, percent, days or hours. 0 ends it."))
    period = forms.ChoiceField(
        label=_("How often"),
        choices=Period.choices,
        required=False,
        help_text=_("Money, training and hours are given once a period; the others hold all the time."),
    )
    since = forms.DateField(label=_("From"), widget=DayInput())


class EntitlementForm(QuantityForm):
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    kind = forms.ChoiceField(label=_("For"), choices=EITHER, required=False)
    note = forms.CharField(label=_("Note"), max_length=SHORT, required=False)
    field_order = ("tier", "kind", "gives", "amount", "period", "since", "note")


class ExceptionForm(QuantityForm):
    until = forms.DateField(
        label=_("Until"), widget=DayInput(), help_text=_("The first day it no longer holds; a year at most.")
    )
    reason = forms.CharField(label=_("Why"), max_length=SHORT)
