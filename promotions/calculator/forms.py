"""The calculator's form: the goods once, up to four variants. It checks shape; the calculator judges."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import User
from crm.clock import today
from customers.profile.doors import number_of
from customers.profile.forms import DayInput
from promotions.calculator.kept import KINDS, MOST_MATERIALS, MOST_VARIANTS
from promotions.calculator.models import PromotionKind, PromotionPlan

ROWS = 3
"""Materials of a variant on the page; more where more were written over the API."""
ASKED_DAYS = ("days", "credit_days", "settlement_days")


def _money(label, **more) -> forms.DecimalField:
    values = {"required": False, "max_digits": 12, "decimal_places": 2, "min_value": Decimal(0), **more}
    return forms.DecimalField(label=label, widget=forms.NumberInput({"inputmode": "decimal", "step": "0.01"}), **values)


def _percent(label, initial: int | None = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=7,
        decimal_places=2,
        min_value=0,
        max_value=100,
        initial=initial,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
    )


def _count(label, **more) -> forms.IntegerField:
    values = {"required": False, "min_value": 0, "max_value": 10**8, **more}
    return forms.IntegerField(label=label, widget=forms.NumberInput({"inputmode": "numeric"}), **values)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class HeadForm(forms.Form):
    """What it is, and what a unit of the goods costs and brings."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What it is called"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=PromotionKind.choices)
    starts_on = forms.DateField(label=_("Starts on"), widget=DayInput())
    days = _count(_("Days"), min_value=1, max_value=366, initial=14, required=True)
    goods = forms.CharField(label=_("Goods"), required=False, max_length=80)
    retail = _money(_("Retail price of a unit"), required=True)
    wholesale = _money(_("They buy a unit at"), required=True)
    cost = _money(_("It costs us"), required=True)
    baseline = _count(_("Units they would sell anyway"), required=True)
    credit_days = _count(_("They pay goods after days"), initial=0, max_value=365)
    settlement_days = _count(_("We settle after days"), initial=30, max_value=365)
    customer_budget = _money(_("Their budget"))
    brand_budget = _money(_("Our budget"))
    own_staff = _money(_("Their own staff costs"))
    own_other = _money(_("Their other own costs"))
    shows_brand = forms.BooleanField(
        label=_("Show them our side, too"),
        required=False,
        help_text=_("Without it they see what each bears and their own profit, not what goods cost us."),
    )

    GOODS = ("title", "kind", "starts_on", "days", "goods", "retail", "wholesale", "cost", "baseline")
    MORE = (
        "credit_days",
        "settlement_days",
        "customer_budget",
        "brand_budget",
        "own_staff",
        "own_other",
        "shows_brand",
    )

    def of_goods(self):
        return [self[name] for name in self.GOODS]

    def more(self):
        return [self[name] for name in self.MORE]

    def has_more(self) -> bool:
        return any(self[name].errors for name in self.MORE)

    @staticmethod
    def initial_of(plan: PromotionPlan) -> dict[str, Any]:
        terms = plan.terms
        found = {name: getattr(plan, name) for name in ("title", "kind", "starts_on", "shows_brand", "version")}
        found |= {name: terms["goods"].get(name) for name in ("retail", "wholesale", "cost")}
        found |= {"goods": terms["goods"].get("name", ""), "baseline": terms["baseline"]}
        found |= {name: terms["timing"].get(name) for name in ASKED_DAYS}
        found |= {f"{side}_budget": terms["budgets"].get(side) or None for side in ("customer", "brand")}
        found |= {f"own_{kind}": terms["own"].get(kind) or None for kind in ("staff", "other")}
        return found


class VariantForm(forms.Form):
    """One way to do it. Of everything that is shared: what we bear in percent; the customer bears the rest."""

    name = forms.CharField(label=_("Variant"), max_length=40, required=False)
    guess = forms.DecimalField(
        label=_("You expect so many percent more"),
        required=False,
        min_value=-100,
        max_value=2000,
        decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
    )
    cut = _money(_("Off the price of a unit"))
    cut_brand = _percent(_("we bear, %"), 50)
    buy = _count(_("Buy"))
    get = _count(_("get free"))
    free_brand = _percent(_("we bear, %"), 100)
    gift_every = _count(_("A gift for every so many units"))
    gift_cost = _money(_("a gift costs"))
    gift_brand = _percent(_("we bear, %"), 100)
    staff = _money(pgettext_lazy("cost", "Staff"))
    staff_brand = _percent(_("we bear, %"), 0)
    publicity = _money(pgettext_lazy("cost", "Publicity"))
    publicity_brand = _percent(_("we bear, %"), 50)
    display = _money(pgettext_lazy("cost", "Display"))
    display_brand = _percent(_("we bear, %"), 50)
    other = _money(pgettext_lazy("cost", "Other costs"))
    other_brand = _percent(_("we bear, %"), 50)
    subsidy = _money(_("Subsidy, a lump sum"))
    borrowed = _percent(_("Only borrowed from later, %"), 0)
    reach = _count(_("People reached"))
    new_customers = _count(_("New customers"))
    share_of_voice = _percent(_("Share of voice, %"))

    def __init__(self, *args, discount: Decimal = Decimal(0), **kwargs):
        super().__init__(*args, **kwargs)
        told = self.data if self.is_bound else self.initial
        known = [n for n in range(MOST_MATERIALS) if self._at(f"m{n}_quantity") in told]
        self.count = max([ROWS, *(n + 1 for n in known)])
        for n in range(self.count):
            self.fields[f"m{n}_name"] = forms.CharField(label=_("Material"), required=False, max_length=60)
            self.fields[f"m{n}_quantity"] = _count(_("Pieces"))
            self.fields[f"m{n}_list_price"] = _money(_("List price"))
            self.fields[f"m{n}_discount"] = _percent(_("Discount, %"), discount or None)
            self.fields[f"m{n}_brand"] = _percent(_("we bear, %"), 0)

    def _at(self, name: str) -> str:
        return self.add_prefix(name) if self.is_bound else name

    def rows(self):
        """[(heading, [bound fields])]: each stands in one line on a wide screen."""
        pairs = [[f"{kind}", f"{kind}_brand"] for kind in KINDS]
        materials = [
            [f"m{n}_{part}" for part in ("name", "quantity", "list_price", "discount", "brand")]
            for n in range(self.count)
        ]
        groups = [
            (
                _("What customers get"),
                [["cut", "cut_brand"], ["buy", "get", "free_brand"], ["gift_every", "gift_cost", "gift_brand"]],
            ),
            (_("Materials"), materials),
            (_("Costs"), [*pairs, ["subsidy", "borrowed"]]),
            (_("Influence"), [["reach", "new_customers", "share_of_voice"]]),
        ]
        return [
            (title, [[self[name] for name in names] for names in lines], self._filled(lines)) for title, lines in groups
        ]

    def _filled(self, lines) -> bool:
        return any(
            self[name].errors or (self[name].value() and not self._is_usual(name)) for line in lines for name in line
        )

    def _is_usual(self, name: str) -> bool:
        return name.endswith(("_brand", "_discount")) or name == "borrowed"

    def variant(self) -> dict[str, Any]:
        """As kept.py says."""
        said = self.cleaned_data
        plain = (
            "guess",
            "cut",
            "cut_brand",
            "free_brand",
            "gift_cost",
            "gift_brand",
            "subsidy",
            "borrowed",
            "share_of_voice",
        )
        whole = ("buy", "get", "gift_every", "reach", "new_customers")
        return {
            "name": said["name"],
            **{name: _text(said[name]) for name in plain},
            **{name: said[name] for name in whole},
            "costs": {
                kind: {"amount": _text(said[kind]), "brand": _text(said[f"{kind}_brand"])}
                for kind in KINDS
                if said[kind]
            },
            "materials": [
                {
                    "name": said[f"m{n}_name"],
                    "quantity": said[f"m{n}_quantity"],
                    **{part: _text(said[f"m{n}_{part}"]) for part in ("list_price", "discount", "brand")},
                }
                for n in range(self.count)
                if said[f"m{n}_quantity"]
            ],
        }

    @staticmethod
    def initial_of(variant: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: value for name, value in variant.items() if name not in ("costs", "materials") and value != ""}
        for kind, one in variant.get("costs", {}).items():
            found |= {kind: one.get("amount"), f"{kind}_brand": one.get("brand") or 0}
        for n, row in enumerate(variant.get("materials", [])[:MOST_MATERIALS]):
            found |= {f"m{n}_{part}": row.get(part) for part in ("name", "quantity", "list_price", "discount", "brand")}
        return found


def _count_of(data: Mapping[str, str]) -> int:
    told = data.get("variants", "")
    known = told.isascii() and told.isdigit() and len(told) < 3
    return min(MOST_VARIANTS, max(1, int(told))) if known else 1


def _reshapes(data: Mapping[str, str] | None) -> bool:
    return data is not None and any(data.get(name) for name in ("add", "less", "take"))


def _reshaped(data: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """add: a variant more, which begins as the last; less: the last one goes; take: "2:12.5" puts 12.5 % into the
    estimate of the second. Nothing is saved by any of them.
    """
    if not _reshapes(data):
        return data
    assert data is not None
    n, found = _count_of(data), {name: data.get(name, "") for name in data}
    if data.get("take"):
        place, _colon, percent = data["take"].partition(":")
        return {**found, f"v{place}-guess": percent}
    if data.get("less"):
        return {**found, "variants": str(max(1, n - 1))}
    copied = {f"v{n + 1}-{name.partition('-')[2]}": value for name, value in found.items() if name.startswith(f"v{n}-")}
    copied[f"v{n + 1}-name"] = ""
    return {**found, **copied, "variants": str(min(MOST_VARIANTS, n + 1))}


class PlanForm:
    """Head and variants together: one form on the page."""

    def __init__(
        self, data: Mapping[str, str] | None, *, plan: PromotionPlan | None = None, initial=None, discount=Decimal(0)
    ):
        data = _reshaped(data)
        self.is_reshaped = _reshapes(data)
        self.kept_days = plan.terms["timing"] if plan else {}
        self.head = HeadForm(data, initial=HeadForm.initial_of(plan) if plan else initial)
        kept = plan.terms["variants"] if plan else [{}]
        n = _count_of(data) if data is not None else len(kept)
        self.variants = [
            VariantForm(
                data,
                prefix=f"v{place + 1}",
                discount=discount,
                initial=VariantForm.initial_of(kept[place]) if place < len(kept) else {},
            )
            for place in range(n)
        ]

    def is_valid(self) -> bool:
        sound = [one.is_valid() for one in (self.head, *self.variants)]  # each, so that all tell their flaws
        return all(sound)

    @property
    def errors(self) -> bool:
        return any(one.errors for one in (self.head, *self.variants))

    def terms(self) -> dict[str, Any]:
        said = self.head.cleaned_data
        # What the page does not ask stays as it was written over the API.
        timing = {name: value for name, value in self.kept_days.items() if name not in ASKED_DAYS}
        timing |= {name: said[name] for name in ASKED_DAYS if said[name] is not None}
        return {
            "goods": {"name": said["goods"], **{name: _text(said[name]) for name in ("retail", "wholesale", "cost")}},
            "baseline": said["baseline"],
            "timing": timing,
            "budgets": {side: _text(said[f"{side}_budget"]) for side in ("customer", "brand")},
            "own": {kind: _text(said[f"own_{kind}"]) for kind in ("staff", "other")},
            "variants": [one.variant() for one in self.variants],
        }

    def fields(self) -> dict[str, Any]:
        """What the actions take beside the terms."""
        said = self.head.cleaned_data
        return {name: said[name] for name in ("title", "kind", "starts_on", "shows_brand")}

    def refuse(self, flaws: Mapping[str, Any]) -> None:
        """Each under its field: `v1.cut`, `v2.materials.0.list_price`, `goods.retail`, `timing.days`, `title`."""
        for name, texts in flaws.items():
            form, field = self._home(name or "")
            form.add_error(field if field in form.fields else None, texts)

    def _home(self, name: str) -> tuple[forms.Form, str]:
        first, _dot, rest = name.partition(".")
        if first[:1] == "v" and first[1:].isdigit() and int(first[1:]) <= len(self.variants):
            return self.variants[int(first[1:]) - 1], _field(rest)
        return self.head, rest if first in ("goods", "timing") else name


def _field(name: str) -> str:
    """`materials.0.discount` is `m0_discount`; shares of something are what we bear of it."""
    parts = name.split(".")
    if parts[0] == "materials" and len(parts) > 2:
        return f"m{parts[1]}_{'brand' if parts[2] == 'shares' else parts[2]}"
    if parts[0].endswith("_shares"):
        return f"{parts[0].removesuffix('_shares')}_brand"
    if parts[0] in ("free", "gift"):
        return {"free": "buy", "gift": "gift_every"}[parts[0]]
    return parts[-1] if parts[0] == "influence" else parts[0]


class OwnCostsForm(forms.Form):
    """What dealers put in themselves."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    staff = _money(_("Your own staff costs"))
    other = _money(_("Your other own costs"))
    note = forms.CharField(label=_("A word to us"), required=False, max_length=300)


class DropForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)


def usual(user: User, price: Decimal | None, baseline: int | None) -> dict[str, Any]:
    """A new plan begins with what is known."""
    return {
        "starts_on": today(),
        "days": 14,
        "wholesale": price,
        "baseline": baseline,
        "settlement_days": 30,
        "kind": PromotionKind.MIXED,
    }


def signed_of(data: Mapping[str, str]) -> tuple[int, int]:
    """(place of the variant, number of the version that was seen); -1 for what is no number, which no plan has."""
    found = [number_of(data.get(name, "")) for name in ("variant", "seen")]
    return tuple(-1 if one is None else one for one in found)
