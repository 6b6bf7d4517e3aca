"""The shape of what people enter about customers; whether it may be is for the actions to say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.profile import entry
from customers.profile.actions import FIELDS, people_open_to, regions_open_to
from customers.profile.models import Customer, Datum, Kind, State


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class RegionField(forms.ModelChoiceField):
    def label_from_instance(self, region):
        return f"{chr(0x3000) * region.depth}{region.name}"


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, user):
        return str(user)


class CustomerForm(forms.Form):
    """A whole customer. `upstream` is entered by its code, since no list of all customers fits a menu."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=64)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=State.choices, initial=State.ACTIVE)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=80, required=False)
    upstream = forms.CharField(
        label=gettext_lazy("Supplied by"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("The code of the agent this customer buys from."),
    )
    region = RegionField(label=gettext_lazy("Region"), queryset=None)
    province = forms.CharField(label=gettext_lazy("Province"), max_length=60, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=60, required=False)
    district = forms.CharField(label=gettext_lazy("District"), max_length=60, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude"), min_value=-90, max_value=90, max_digits=10, decimal_places=7, required=False
    )
    longitude = forms.DecimalField(
        label=gettext_lazy("Longitude"), min_value=-180, max_value=180, max_digits=10, decimal_places=7, required=False
    )
    datum = forms.ChoiceField(
        label=gettext_lazy("Coordinate system"),
        choices=[("", gettext_lazy("Choose…")), *Datum.choices],
        required=False,
        help_text=gettext_lazy("GPS and phones: WGS-84. AMap and Tencent: GCJ-02. Baidu: BD-09."),
    )
    opened_on = forms.DateField(label=gettext_lazy("Opened on"), required=False, widget=DayInput())
    closed_on = forms.DateField(label=gettext_lazy("Closed on"), required=False, widget=DayInput())
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    GROUPS = (
        (gettext_lazy("Basics"), ("code", "name", "kind", "state", "category", "upstream", "phone")),
        (gettext_lazy("Where"), ("region", "province", "city", "district", "address")),
        (gettext_lazy("Position on the map"), ("latitude", "longitude", "datum")),
        (gettext_lazy("Dates"), ("opened_on", "closed_on")),
    )

    def __init__(self, *args, user, customer: Customer | None = None, **kwargs):
        if customer is not None:
            kwargs["initial"] = {
                **{name: getattr(customer, name) for name in FIELDS},
                "upstream": self._supplier(user, customer),
                "region": customer.region_id,
                "datum": customer.datum if customer.latitude is not None else "",
                "version": customer.version,
            }
        super().__init__(*args, **kwargs)
        self.user, self.customer = user, customer
        self.further_names = []
        for one in entry.fields() if customer is None else ():
            self.fields[one.name] = forms.CharField(label=one.label, max_length=one.longest, required=False)
            self.further_names.append(one.name)
        self.fields["region"].queryset = regions_open_to(user).order_by("path")
        self.supplier_hidden = customer is not None and customer.upstream_id is not None and not self._shown
        if self.supplier_hidden:
            self.fields["upstream"].help_text = _("It has a supplier beyond your reach; left empty, that stays.")

    _shown = ""

    def _supplier(self, user, customer: Customer) -> str:
        """The supplier's code; nothing of one that this person does not see."""
        if customer.upstream_id is not None:
            seen = Customer.objects.visible_to(user).filter(pk=customer.upstream_id)
            self._shown = seen.values_list("code", flat=True).first() or ""
        return self._shown

    def groups(self):
        """What else is asked of a new customer stands with the basics."""
        (title, basics), *others = self.GROUPS
        groups = [(title, (*basics, *self.further_names)), *others]
        return [(title, [self[name] for name in names]) for title, names in groups]

    def clean_upstream(self):
        code = self.cleaned_data["upstream"].strip()
        if not code:
            return self.customer.upstream if self.customer is not None and self.supplier_hidden else None
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer with this code."), code="unknown")
        return found

    def clean(self):
        values = super().clean() or self.cleaned_data
        # A system is asked for only with a position; without one the field stays as it is in the table.
        if not values.get("datum"):
            if values.get("latitude") is not None or values.get("longitude") is not None:
                self.add_error("datum", _("Say which coordinate system the position is in."))
            else:
                values["datum"] = self.customer.datum if self.customer else Datum.WGS84
        return values

    def values(self) -> dict:
        """What the actions take, without the version."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def further(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.further_names}


class CloseForm(forms.Form):
    closed_on = forms.DateField(label=gettext_lazy("Closed on"), widget=DayInput(), initial=today)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class AssignForm(forms.Form):
    user = PersonField(label=gettext_lazy("In charge from then on"), queryset=None)
    since = forms.DateField(label=gettext_lazy("From"), widget=DayInput(), initial=today)

    def __init__(self, *args, by, nobody: bool = False, **kwargs):
        """nobody: whoever is in charge is so until the day, and no one follows."""
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people_open_to(by)
        self.fields["user"].required = not nobody
        self.nobody = nobody

    def clean_user(self):
        return None if self.nobody else self.cleaned_data["user"]
