"""The shape of what people enter about tiers; shares and growth are typed as percent."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.scores.telling import KINDS
from customers.scores.terms import LEAST_WEIGHT, MOST_WEIGHT, WEIGHTS
from customers.tiers.models import TierPolicy
from customers.tiers.policies import CADENCE_DAYS, OPTIONS, VISIT_MINUTES, WEIGHING, rule_of
from customers.tiers.terms import Policy

RANKED_AMONG = (("brand", gettext_lazy("the whole brand")), ("region", gettext_lazy("its region")))
RANKED_BY = (
    ("12_months", gettext_lazy("the last 12 full months")),
    ("3_months", gettext_lazy("the last 3 full months")),
    ("6_months", gettext_lazy("the last 6 full months")),
    ("24_months", gettext_lazy("the last 24 full months")),
    ("calendar_year", gettext_lazy("the last whole calendar year")),
)
WEIGHTED = {f"{trait}_{kind}": (trait, kind) for trait, weights in WEIGHTS.items() for kind in weights}
"""The fields of weights: of which trait and kind of evidence."""
_SHARES = ("band_enter", "band_leave")
VISITS = ("cadence_a", "cadence_b", "cadence_c", "visit_minutes")
_PLAIN = Policy()  # every option off


class RunForm(forms.Form):
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: today. A past day is computed anew and leaves today's tiers alone."),
    )

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > today():
            raise ValidationError(_("This day has not come yet."))
        return day


def _percent(label, **kwargs) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=5, decimal_places=2, min_value=0, **kwargs)


def _days(label, usual: int) -> forms.IntegerField:
    """A number of the visits, which are no part of the rule."""
    text = format_lazy(gettext_lazy("Empty: {n}."), n=usual)
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=730, help_text=text)


def _weight(trait: str, kind: str) -> forms.IntegerField:
    text = format_lazy(gettext_lazy("Empty: {n}."), n=WEIGHTS[trait][kind])
    return forms.IntegerField(
        label=KINDS[kind], required=False, min_value=LEAST_WEIGHT, max_value=MOST_WEIGHT, help_text=text
    )


class PolicyForm(forms.Form):
    """A version with all its options. An option left empty is what the rule takes without it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    top_share = _percent(gettext_lazy("A: the largest franchisees, percent"), max_value=100)
    growth = _percent(gettext_lazy("B: growth in each of two years, percent"))
    cooperation_high = forms.IntegerField(label=gettext_lazy("Cooperation is high from"), min_value=0, max_value=100)
    loyalty_high = forms.IntegerField(label=gettext_lazy("Loyalty is high from"), min_value=0, max_value=100)
    min_observations = forms.IntegerField(
        label=gettext_lazy("Observations needed for a score"), min_value=0, max_value=1000
    )
    absolute_cutoff = forms.DecimalField(
        label=gettext_lazy("A from a fixed amount of sales"),
        required=False,
        max_digits=15,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text=gettext_lazy(
            "Empty: the largest franchisees are A. With an amount, whoever sold it in the months ranked."
        ),
    )
    rank_within = forms.ChoiceField(
        label=gettext_lazy("Ranked among"),
        required=False,
        choices=RANKED_AMONG,
        help_text=gettext_lazy("Within regions each region has places and a cut-off of its own."),
    )
    ranked_over = forms.ChoiceField(
        label=gettext_lazy("Ranked on the sales of"),
        required=False,
        choices=RANKED_BY,
        help_text=gettext_lazy(
            "A shorter window replaces more of A each month. Growth is judged by years in any case."
        ),
    )
    b_judged_yearly = forms.BooleanField(
        label=gettext_lazy("Judge B once a year"),
        required=False,
        help_text=gettext_lazy("B and C stay as they are until the business year closes."),
    )
    year_end_month = forms.TypedChoiceField(
        label=gettext_lazy("The business year ends in"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=list(MONTHS.items()),
        help_text=gettext_lazy("The way up is counted until then, too."),
    )
    part_years = forms.BooleanField(
        label=gettext_lazy("Project part-years"),
        required=False,
        help_text=gettext_lazy("Who has been in business for less than a year is ranked on its mean month times 12."),
    )
    part_years_from = forms.IntegerField(
        label=gettext_lazy("Months of business to be ranked"),
        required=False,
        min_value=1,
        max_value=12,
        help_text=gettext_lazy("Empty: 6. Only where part-years are projected."),
    )
    stability_band = forms.BooleanField(
        label=gettext_lazy("Stability band"),
        required=False,
        help_text=gettext_lazy("Who is just below the border stays A, who just reaches it does not enter yet."),
    )
    band_enter = _percent(
        gettext_lazy("Band: enters A in the top, percent"),
        required=False,
        max_value=100,
        help_text=gettext_lazy("Empty: 18. At most the share that is A."),
    )
    band_leave = _percent(
        gettext_lazy("Band: stays A in the top, percent"),
        required=False,
        max_value=100,
        help_text=gettext_lazy("Empty: 22. At least the share that is A."),
    )
    cadence_a = _days(gettext_lazy("Days between visits to A"), 7)
    cadence_b = _days(gettext_lazy("Days between visits to B"), 14)
    cadence_c = _days(gettext_lazy("Days between visits to C"), 30)
    visit_minutes = _days(gettext_lazy("Minutes of a visit"), 60)
    note = forms.CharField(label=gettext_lazy("Why this version?"), max_length=300, required=False)

    def __init__(self, *args, policy: TierPolicy, **kwargs):
        rule = rule_of(policy)
        initial = {name: getattr(rule, name) for name in OPTIONS} | {
            "name": policy.title,
            "top_share": _as_percent(policy.top_share),
            "growth": _as_percent(policy.growth),
            "cooperation_high": policy.cooperation_high,
            "loyalty_high": policy.loyalty_high,
            "min_observations": policy.min_observations,
            "band_enter": _as_percent(rule.band_enter),
            "band_leave": _as_percent(rule.band_leave),
        }
        initial |= _visiting_typed(policy.options)
        initial |= _weighing_typed(policy.options)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= {name: _weight(trait, kind) for name, (trait, kind) in WEIGHTED.items()}
        self.policy = policy

    def clean(self):
        """A trait whose every weight is 0 could not be worked out: said at the first of its fields."""
        data = super().clean()
        for trait, usual in WEIGHTS.items():
            names = [f"{trait}_{kind}" for kind in usual]
            if all(data.get(name, 1) == 0 for name in names):
                self.add_error(names[0], _("One of these weights must be above 0."))
        return data

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Title and fields: first the article's rule, then what may be added to it."""
        further = {_("Options"): OPTIONS, _("Visits"): VISITS}
        for trait, title in (("cooperation", _("Weights of cooperation")), ("loyalty", _("Weights of loyalty"))):
            further[title] = tuple(name for name, (of, _kind) in WEIGHTED.items() if of == trait)
        apart = {name for names in further.values() for name in names}
        plain = [self[name] for name in self.fields if name not in apart]
        return [(_("The rule"), plain)] + [
            (title, [self[name] for name in self.fields if name in names]) for title, names in further.items()
        ]

    def values(self) -> dict:
        """As the action takes them: fractions, not percent."""
        data = dict(self.cleaned_data)
        if data["name"] == self.policy.title:
            data["name"] = self.policy.name  # as it is kept, not as this reader's language shows it
        given = {name: data.pop(name) for name in OPTIONS}
        visits = {name: data.pop(name) for name in VISITS}
        weights = {name: data.pop(name) for name in WEIGHTED}
        return data | {
            "top_share": data["top_share"] / 100,
            "growth": data["growth"] / 100,
            "options": _options(given) | _visiting(visits) | _weighing(weights),
        }

    def refuse(self, refusal: ValidationError) -> None:
        """Take an action's refusal over: to the fields it names where there are such, else to the whole."""
        named = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
        for field, words in named.items():
            self.add_error(field if field in self.fields else None, words)


def _options(given: dict) -> dict:
    """The options that differ from the rule without them, as JSON keeps them: decimals as text."""
    kept = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        if name in _SHARES:
            value = (value / 100).normalize()
        if value != getattr(_PLAIN, name):
            kept[name] = f"{value:f}" if isinstance(value, Decimal) else value
    return kept


def _visiting(typed: dict) -> dict:
    """What of the visits differs from the usual, as a policy keeps it."""
    days = {letter: typed[f"cadence_{letter.lower()}"] for letter in CADENCE_DAYS}
    days = {letter: n for letter, n in days.items() if n is not None and n != CADENCE_DAYS[letter]}
    kept: dict = {"cadence_days": days} if days else {}
    if typed["visit_minutes"] not in (None, VISIT_MINUTES):
        kept["visit_minutes"] = typed["visit_minutes"]
    return kept


def _weighing(typed: dict) -> dict:
    """The weights that differ from the usual ones, as a policy keeps them."""
    kept: dict = {}
    for option, trait in WEIGHING.items():
        mine = {kind: typed[f"{trait}_{kind}"] for kind in WEIGHTS[trait]}
        mine = {kind: n for kind, n in mine.items() if n is not None and n != WEIGHTS[trait][kind]}
        if mine:
            kept[option] = mine
    return kept


def _weighing_typed(options: dict) -> dict:
    """The weights a policy sets, by the form's fields."""
    return {f"{trait}_{kind}": n for option, trait in WEIGHING.items() for kind, n in options.get(option, {}).items()}


def _visiting_typed(options: dict) -> dict:
    """What of the visits a policy sets, by the form's fields."""
    days = options.get("cadence_days", {})
    typed = {f"cadence_{letter.lower()}": n for letter, n in days.items()}
    return typed | ({"visit_minutes": options["visit_minutes"]} if "visit_minutes" in options else {})


def _as_percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.01"))
