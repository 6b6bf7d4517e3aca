"""Shops with a promotion and shops to compare them with, made up for the tests of its uplift."""

from __future__ import annotations

import numpy as np

from promotions.uplift.estimator import measure
from promotions.uplift.terms import (
    NotMeasurable,
    Setting,
    Shop,
    Span,
    Study,
)

START, LENGTH = 126, 14
WINDOW = Span(START, START + LENGTH)
SETTING = Setting(WINDOW)


def flat(level, window, days=START + LENGTH):
    """Sales of `level` a day, of `window` a day while the promotion is on."""
    sales = np.full(days, float(level))
    sales[START : START + LENGTH] = window
    return sales


def shops(count, level=100.0, window=120.0, first=100, days=START + LENGTH):
    return [Shop(first + n, flat(level, window, days)) for n in range(count)]


def noisy(random, count, lift=0.0, days=START + LENGTH, first=0):
    """Levels, weekdays, slow drift and daily noise of their own, and a network that moves together."""
    network = 0.1 * np.sin(np.arange(days) / 9)
    found = []
    for n in range(count):
        drift = np.cumsum(random.normal(0, 0.012, days))
        week = np.where(np.arange(days) % 7 >= 5, random.uniform(0, 0.4), 0)
        sales = np.exp(random.normal(7, 0.7) + drift + network + week + 0.15 * random.standard_normal(days))
        sales[START : START + LENGTH] *= 1 + lift
        found.append(Shop(first + n, sales, "ab"[n % 2]))
    return found


def study(seed, treated=3, compared=24, lift=0.0, days=START + LENGTH):
    random = np.random.default_rng(seed)
    return Study(noisy(random, treated, lift, days, first=1), noisy(random, compared, 0.0, days, first=1000), SETTING)


def refusal(treated, comparison=None, setting=SETTING):
    found = measure(Study(treated, shops(12) if comparison is None else comparison, setting))
    assert isinstance(found, NotMeasurable)
    return found
