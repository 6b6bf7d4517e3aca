"""What a promotion brought: measured against comparable shops, with an interval, or said not to be measurable. Pure.

Shops that did not run it show how a shop with such a past sold in these very weeks (`comparison`); what those that did
run it sold beyond that is the lift (`pooling`). Source: analysis of covariance on the pre-period, Van Breukelen 2006;
Huber 1964; intervals from errors of the untreated, as placebos in Abadie et al. 2010; pooling as DerSimonian and Laird
1986. docs/uplift.md holds the method in plain words, and how well it does.

`estimate(case)` is the same code for anyone who wants to score it.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from promotions.uplift import pooling
from promotions.uplift.choosing import LEAST_COMPARED, gather, thinned
from promotions.uplift.comparison import learn
from promotions.uplift.course import Line
from promotions.uplift.frame import DAYS
from promotions.uplift.history import Facts, day_profile, describe
from promotions.uplift.terms import (
    Effect,
    NotMeasurable,
    Part,
    Reason,
    Setting,
    Shop,
    ShopLift,
    Span,
    Study,
    most_common,
)

POOR_SWING = 0.5
"""Weeks before the promotion lay so far off the line (a factor of 1.6 either way): nothing can be told from it."""
CHUNK = 256


class Measurement:
    """Comparison shops learned once, then treated shops in any number, chunk by chunk.

    Raises ValueError for a window that is empty, or series that end before it does.
    """

    def __init__(self, comparison: Sequence[Shop], setting: Setting):
        if not setting.start <= setting.window.first < setting.window.end:
            raise ValueError("the window is empty, or begins before history ends")
        self.setting = setting
        steps = np.arange(setting.window.end)
        self.weekend = (steps + setting.weekday) % 7 >= 5
        self.reason: Reason | None = Reason.SHORT_HISTORY if setting.start < setting.frame.history else None
        self.left_out: list[tuple[int, Reason]] = []
        self.counted: list[tuple[np.ndarray, ...]] = []
        self.counted_of: dict[str, list[tuple[np.ndarray, ...]]] = defaultdict(list)
        self.sold, self.open = np.zeros(setting.window.end), np.zeros(setting.window.end)
        if self.reason is not None:
            return
        kept, sales, _others = gather(thinned(comparison), setting)
        if len(kept) < LEAST_COMPARED:
            self.reason = Reason.FEW_COMPARABLE
            return
        self.compared = [shop.id for shop in kept]
        self.profile = day_profile(sales, setting.start, setting.frame)
        self.line = Line(setting, self.profile)
        self.model = learn(self._describe(sales), np.array([shop.kind for shop in kept]))
        self.alone = pooling.interval(0.0, self.model.errors)

    def add(self, shops: Sequence[Shop], labels: Mapping[int, Sequence[str]] | None = None) -> list[ShopLift]:
        """Count these in; returns each by itself, in the order given. labels: of shops, for `parts`."""
        kept, sales, left_out = gather(shops, self.setting)
        self.left_out += left_out
        self.sold += np.nansum(sales, axis=0)
        self.open += np.isfinite(sales).sum(0)
        found = {pk: ShopLift(pk, reason=reason) for pk, reason in left_out}
        if self.reason is not None:
            found |= {shop.id: ShopLift(shop.id, reason=self.reason) for shop in kept}
        elif kept:
            found |= self._measure(kept, sales, labels or {})
        return [found[shop.id] for shop in shops]

    def _measure(
        self, shops: list[Shop], sales: np.ndarray, labels: Mapping[int, Sequence[str]]
    ) -> dict[int, ShopLift]:
        facts = self._describe(sales)
        rows = self.model.reader.rows(facts, np.array([shop.kind for shop in shops]))
        told = rows @ self.model.coefficients
        lifts, noise = facts.outcome - told, self.model.noise(facts)
        amount = facts.base * np.exp(told) * facts.days
        actual = amount * np.exp(lifts)
        self.line.add(sales, facts.base, told)
        self.counted.append((lifts, noise, amount, actual, amount @ rows))
        places: dict[str, list[int]] = defaultdict(list)
        for n, shop in enumerate(shops):
            for label in labels.get(shop.id, ()):
                places[label].append(n)
        for label, of in places.items():
            self.counted_of[label].append((lifts[of], noise[of], amount[of], actual[of], amount[of] @ rows[of]))
        wide = np.hypot(noise, self.model.unsure(rows))
        middle, low, high = (lifts + wide * each for each in self.alone)
        shown = np.stack([*np.expm1([middle, low, high]), actual, actual / np.exp(middle)], axis=1)
        return {shop.id: ShopLift(shop.id, *row) for shop, row in zip(shops, shown.tolist(), strict=True)}

    def result(self) -> Effect | NotMeasurable:
        """Of all shops added. Raises ValueError if there were none."""
        left_out, plain = tuple(self.left_out), self._before_after()
        if self.reason is not None:
            return NotMeasurable(self.reason, plain, left_out)
        if not self.counted:
            if not left_out:
                raise ValueError("no shop was added")
            return NotMeasurable(most_common([reason for _pk, reason in left_out]), plain, left_out)
        if self.line.swing() > POOR_SWING:
            return NotMeasurable(Reason.POOR_FIT, plain, left_out)
        lift, low, high, actual, row = self._together(self.counted)
        sold, weights = float(actual.sum()), self.model.weights(row)
        usual, least, most = (sold / float(np.exp(each)) for each in (lift, high, low))
        return Effect(
            lift=float(np.expm1(lift)),
            low=float(np.expm1(low)),
            high=float(np.expm1(high)),
            level=pooling.LEVEL,
            actual=sold,
            expected=usual,
            amount=sold - usual,
            amount_low=sold - most,
            amount_high=sold - least,
            before_after=plain,
            provable=float(np.expm1(lift - low)),
            weights=tuple((self.compared[n], float(weights[n])) for n in np.argsort(-weights, kind="stable")),
            shops=len(actual),
            left_out=left_out,
            course=self.line.draw(usual, least, most),
        )

    def parts(self) -> dict[str, Part]:
        """Of each label the shops that bear it, together, as the whole is measured. Empty where nothing is."""
        if self.reason is not None or not self.counted or self.line.swing() > POOR_SWING:
            return {}
        found = {}
        for label, counted in sorted(self.counted_of.items()):
            logged, low, high, actual, _row = self._together(counted)
            lift, least, most = (float(np.expm1(each)) for each in (logged, low, high))
            found[label] = Part(lift, least, most, float(actual.sum() / np.exp(logged)), len(actual))
        return found

    def _together(self, counted: list[tuple[np.ndarray, ...]]) -> tuple[float, float, float, np.ndarray, np.ndarray]:
        """(lift, low, high in logarithms; what each shop sold; the row of the regression in their middle)."""
        lifts, noise, amount, actual = (np.concatenate([each[n] for each in counted]) for n in range(4))
        shares = amount / amount.sum()
        row = np.sum([each[4] for each in counted], axis=0) / amount.sum()
        chance = pooling.chances(self.model.errors, noise, shares, float(self.model.unsure(row)))
        lift, low, high = pooling.interval(float(pooling.pooled(lifts, noise, shares)), chance)
        return lift, low, high, actual, row

    def _before_after(self) -> float | None:
        """Mean open step of the window against that of the base, less 1."""
        start, window = self.setting.start, self.setting.window
        inside, before = slice(window.first, window.end), slice(max(0, start - self.setting.frame.base), start)
        if not self.sold[before].sum() > 0 or not self.open[inside].any():
            return None
        usual = self.sold[before].sum() / self.open[before].sum()
        return float(self.sold[inside].sum() / self.open[inside].sum() / usual - 1)

    def _describe(self, sales: np.ndarray) -> Facts:
        setting = self.setting
        calendar = None
        if setting.calendar is not None:
            calendar = np.asarray(setting.calendar, bool)[: setting.window.end]
        window = (setting.start, setting.window.first, setting.window.end)
        return describe(sales, window, self.profile, setting.frame, self.weekend, calendar)


def measure(study: Study) -> Effect | NotMeasurable:
    """The lift of a rollout's shops together."""
    measurement = Measurement(study.comparison, study.setting)
    for at in range(0, len(study.treated), CHUNK):
        measurement.add(study.treated[at : at + CHUNK])
    return measurement.result()


def measure_each(treated: Iterable[Shop], comparison: Sequence[Shop], setting: Setting) -> Iterator[ShopLift]:
    """Each shop by itself, in the order given; holds no more than a chunk of them."""
    measurement, waiting = Measurement(comparison, setting), iter(treated)
    while chunk := list(islice(waiting, CHUNK)):
        yield from measurement.add(chunk)


def aftermath(study: Study) -> Effect | NotMeasurable | None:
    """The weeks after the promotion against the same past: bought ahead, or stayed? None if they are not over yet."""
    setting = study.setting
    after = Span(setting.window.end, setting.window.end + setting.frame.after)
    if any(len(shop.sales) < after.end for shop in (*study.treated, *study.comparison)):
        return None
    return measure(dataclasses.replace(study, setting=dataclasses.replace(setting, window=after, ends=setting.start)))


def estimate(case: Mapping[str, Any]) -> tuple[float, float, float] | None:
    """(lift, low, high) as shares with a 90 % interval, or None: not measurable.

    case: dates datetime64[D][T], Y float[n, T] (nan: closed or no report), treated and controls (rows of Y), t0, t1
    (the promotion is on days t0..t1-1), promo bool[n, T] (the brand's calendar for all), kind[n]. Nothing from t1 on
    is read.
    """
    sales, promo, kind = case["Y"], np.asarray(case["promo"], bool), np.asarray(case["kind"])
    first = max(0, int(case["t0"]) - DAYS.year - DAYS.base)
    read = slice(first, int(case["t1"]))
    setting = Setting(
        Span(int(case["t0"]) - first, int(case["t1"]) - first),
        weekday=(int(np.asarray(case["dates"])[first].astype("datetime64[D]").astype(int)) + 3) % 7,
        calendar=promo[np.asarray(case["controls"])][:, read].mean(0) > 0.5,
    )
    treated, comparison = (
        [Shop(int(n), np.asarray(sales[n][read], float), str(kind[n])) for n in case[part]]
        for part in ("treated", "controls")
    )
    found = measure(Study(treated, comparison, setting))
    return (found.lift, found.low, found.high) if isinstance(found, Effect) else None
