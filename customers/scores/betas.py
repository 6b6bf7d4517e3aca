"""The regularised incomplete Beta function and its inverse, for the certainty of a share. Pure.

Continued fraction of Lentz, as in Press et al., Numerical Recipes, 6.4; the inverse by halving, steered by Newton.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_TINY = 1e-300
_EPSILON = 1e-15
_TURNS = 500


def cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X ~ Beta(a, b); a and b above 0."""
    if a <= 0 or b <= 0:
        raise ValueError("a Beta distribution needs a > 0 and b > 0")
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction converges fast on its own side of the mean.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1 - x, b, a) / b


def quantile(p: float, a: float, b: float) -> float:
    """The x with cdf(x, a, b) = p."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    low, high, x = 0.0, 1.0, a / (a + b)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _turn in range(200):
        error = cdf(x, a, b) - p
        if error > 0:
            high = x
        else:
            low = x
        slope = exp(scale + (a - 1) * log(x) + (b - 1) * log1p(-x))
        after = x - error / slope if slope > _TINY else low
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - x) < 1e-12 or after in (0.0, 1.0):
            return after
        x = after
    return x


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, _away(1.0 - (a + b) * x / (a + 1.0))
    d = 1.0 / d
    found = d
    for m in range(1, _TURNS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / _away(1.0 + even * d)
        c = _away(1.0 + even / c)
        found *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / _away(1.0 + odd * d)
        c = _away(1.0 + odd / c)
        step = d * c
        found *= step
        if abs(step - 1.0) < _EPSILON:
            break
    return found


def _away(value: float) -> float:
    return _TINY if abs(value) < _TINY else value
