"""What past promotions and one's own record make likely, as pages show it and the API tells it: in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.accounts.models import User
from crm.shell import numbers
from promotions.calculator.economics import Sheet
from promotions.calculator.estimating import Estimate, Likely
from promotions.calculator.expected import TrackRecord

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Column:
    """One of low, expected, high. take: what "take it over" types into the sheet, in percent; empty: nothing."""

    name: str
    whole: Decimal
    uplift: Decimal
    sheet: Sheet
    take: str


@dataclass(frozen=True, slots=True)
class ShownLikely:
    """told: what it rests on. columns: empty where nothing can be said of these goods; why: then, why not.

    by_record: (guess as it stands, corrected, its sheet, what is taken over), or None.
    """

    place: int
    told: str
    why: str
    columns: list[Column]
    by_record: tuple[Decimal, Decimal, Sheet, str] | None


@dataclass(frozen=True, slots=True)
class ShownEstimate:
    """told: how much is known in all. record: how the author's earlier estimates came out, empty where none did."""

    is_enough: bool
    told: str
    record: str
    variants: list[ShownLikely]


def shown_estimate(found: Estimate, reader: User) -> ShownEstimate:
    return ShownEstimate(
        found.is_enough,
        learned_text(found),
        record_text(found.record, found.author, reader),
        [_variant(found, one) for one in found.variants],
    )


def learned_text(found: Estimate) -> str:
    """Whether enough is known, and how much: 'n of 20'."""
    values = {
        "n": numbers.grouped(found.results),
        "needed": found.needed,
        "promotions": numbers.grouped(found.promotions),
        "least": found.needed_promotions,
    }
    if found.is_enough:
        text = ngettext(
            "Learned from %(n)s result at a shop, of %(promotions)s promotions.",
            "Learned from %(n)s results at shops, of %(promotions)s promotions.",
            found.results,
        )
        return text % values
    return (
        _(
            "Nothing is forecast: of the %(needed)s measured results at shops that it takes, from at least %(least)s "
            "promotions, there are %(n)s, from %(promotions)s. What you expect is your own word; below stands what it "
            "takes to pay."
        )
        % values
    )


def effect_text(one: Likely) -> str:
    """What a forecast rests on: from N, of this kind, of this customer's own."""
    effect = one.whole
    if effect is None:
        return ""
    values = {
        "n": numbers.grouped(effect.n),
        "promotions": numbers.grouped(effect.promotions),
        "alike": numbers.grouped(effect.alike),
        "own": numbers.grouped(effect.own),
    }
    text = _(
        "From %(n)s results at shops of %(promotions)s promotions, %(alike)s of this kind, %(own)s of this customer's "
        "own. Eight in ten come between low and high."
    )
    return text % values


def record_text(record: TrackRecord | None, author: User | None, reader: User) -> str:
    """'Your last 6 estimates came true at 62 %.'"""
    if record is None or author is None:
        return ""
    values = {"n": record.n, "percent": numbers.percent(record.reached), "name": str(author)}
    if author.pk == reader.pk:
        text = ngettext(
            "Your last estimate came true at %(percent)s.",
            "Your last %(n)d estimates came true at %(percent)s, the middle of them.",
            record.n,
        )
    else:
        text = ngettext(
            "The last estimate of %(name)s came true at %(percent)s.",
            "The last %(n)d estimates of %(name)s came true at %(percent)s, the middle of them.",
            record.n,
        )
    return text % values


def _variant(found: Estimate, one: Likely) -> ShownLikely:
    by_record = None
    if one.corrected is not None and one.at_corrected is not None and one.guess is not None:
        by_record = (one.guess, one.corrected, one.at_corrected, percent_of(one.corrected))
    return ShownLikely(one.place, effect_text(one), _why(found, one), _columns(one), by_record)


def _why(found: Estimate, one: Likely) -> str:
    if one.whole is None or one.effect is not None:
        return ""
    if found.usual is None:
        return _("What the whole shop would sell is not known, so that nothing can be said of these goods.")
    return _("Of these goods nothing would be sold anyway, so that there is nothing to rise from.")


def _columns(one: Likely) -> list[Column]:
    if one.whole is None or one.effect is None or one.appraisal is None:
        return []
    names = (
        ("low", pgettext("uplift", "Low")),
        ("expected", pgettext("uplift", "Expected")),
        ("high", pgettext("uplift", "High")),
    )
    columns = []
    for code, name in names:
        found, uplift = getattr(one.appraisal, code), getattr(one.effect, code)
        take = percent_of(uplift)
        columns.append(Column(name, getattr(one.whole, code), uplift, found, take if code == "expected" else ""))
    return columns


def percent_of(share: Decimal) -> str:
    """A fraction as the form takes it: '12.5'."""
    return format((share * HUNDRED).normalize(), "f")
