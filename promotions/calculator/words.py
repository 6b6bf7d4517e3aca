"""The calculator in words: lines of a sheet, figures beside each other, what is refused; and deeds for the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.words import Words
from promotions.calculator.models import PromotionKind, State

LINES = {
    ("customer", "takings"): _("Takings at the promotion price"),
    ("customer", "cut_refunded"): _("Price cut paid back"),
    ("customer", "goods"): _("Goods bought"),
    ("customer", "free"): _("Free goods, your part"),
    ("customer", "rebate"): _("Rebate"),
    ("customer", "subsidy"): _("Subsidy"),
    ("brand", "sales"): _("Sales to the customer"),
    ("brand", "free_paid"): _("Free goods paid by others"),
    ("brand", "goods"): _("Cost of goods"),
    ("brand", "cut"): _("Price cut paid back"),
    ("brand", "rebate"): _("Rebate"),
    ("brand", "subsidy"): _("Subsidy"),
}
BOTH = {
    "gift": _("Gifts"),
    "materials": _("Materials, after discount"),
    "cut": _("Price cut"),
    "free": _("Free goods"),
    "staff": pgettext_lazy("cost", "Staff"),
    "publicity": pgettext_lazy("cost", "Publicity"),
    "gifts": _("Gifts"),
    "display": pgettext_lazy("cost", "Display"),
    "other": pgettext_lazy("cost", "Other costs"),
    "borrowed": _("Borrowed from later or other goods"),
}
FIGURES = {
    "spend": _("Spent on it"),
    "cash": _("Cash tied up at most"),
    "margin": _("Gross margin"),
    "profit": _("Profit in the window"),
    "extra": _("More profit than without"),
    "return_on_spend": _("Return on spend"),
    "break_even_units": _("Break-even, extra units"),
    "break_even_uplift": _("Break-even, uplift"),
    "reach": _("People reached"),
    "new_customers": _("New customers"),
    "share_of_voice": _("Share of voice"),
    "cost_per_contact": _("Cost per contact, ours"),
    "cost_per_new_customer": _("Cost per new customer, ours"),
}
DRIVERS = {
    "uplift": _("How much more is sold"),
    "baseline": _("What they would sell anyway"),
    "cut": _("Price cut"),
    "wholesale": _("What they buy at"),
    "cost": _("What it costs us"),
    "fixed": _("Costs and materials"),
    "borrowed": _("Part that is only borrowed"),
}
REFUSALS = {
    "not_a_number": _("Type a number."),
    "decimals": _("Two decimals at most."),
    "negative": _("Not below nought."),
    "too_large": _("That is too much."),
    "not_whole": _("Type a whole number."),
    "not_positive": _("At least one."),
    "above_price": _("More than the price itself."),
    "above_hundred": _("A hundred percent at most."),
    "not_hundred": _("The parts must make a hundred percent."),
    "too_uneven": _("These numbers are too uneven to reckon together."),
    "too_small": _("That is too little."),
    "unknown": _("There is no such choice."),
    "too_few": _("Reckon at least one variant."),
    "too_many": _("Four variants at most."),
}


def line_name(side: str, code: str) -> str:
    return str(LINES.get((side, code)) or BOTH.get(code, code))


def refusal_text(code: str) -> str:
    return str(REFUSALS.get(code, _("This cannot be reckoned.")))


AUDIT = Words(
    actions={
        "promotion_plan.write": _("Promotion plan written"),
        "promotion_plan.change": _("Promotion plan changed"),
        "promotion_plan.keep": _("Version of a promotion plan kept"),
        "promotion_plan.show": _("Promotion plan shown to the customer"),
        "promotion_plan.sign": _("Promotion plan signed"),
        "promotion_plan.agree": _("Promotion agreed"),
        "promotion_plan.drop": _("Promotion plan dropped"),
    },
    values={
        ("customers.customer", "plan_kind"): lambda: dict(PromotionKind.choices),
        ("customers.customer", "plan_state"): lambda: dict(State.choices),
    },
    names={
        "promotion_plan": _("promotion plan"),
        "plan_kind": _("kind"),
        "plan_version": _("version"),
        "plan_variant": _("variant"),
        "shows_brand": _("the customer sees our side, too"),
        "starts_on": _("starts on"),
    },
)
