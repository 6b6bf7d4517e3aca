"""How fast the uplift of a rollout is measured: shop by shop, and of all together. In memory, no database.

python -m benchmarks.uplift --shops 10000 --comparison 500 --days 476
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator

import numpy as np

LENGTH = 14


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shops", type=int, default=2_000, help="that ran the promotion")
    parser.add_argument("--comparison", type=int, default=500)
    parser.add_argument("--days", type=int, default=476, help="of each series")
    parser.add_argument("--lift", type=float, default=0.10)
    asked = parser.parse_args(argv)
    print(f"{asked.shops:,} shops against {asked.comparison:,}, {asked.days:,} days each, a lift of {asked.lift:.0%}")
    run(asked.shops, asked.comparison, asked.days, asked.lift)
    return 0


def run(shops: int, comparison: int, days: int, lift: float) -> None:
    from promotions.uplift.estimator import CHUNK, Measurement
    from promotions.uplift.terms import Effect, Setting, Span

    setting = Setting(Span(days - LENGTH, days))
    began = time.perf_counter()
    measurement = Measurement(list(made(comparison, days, 0.0, seed=1)), setting)
    say("learning the comparison", time.perf_counter() - began, comparison)
    spent, errors, memory = 0.0, [], []
    for at in range(0, shops, CHUNK):
        chunk = list(made(min(CHUNK, shops - at), days, lift, seed=2 + at))
        began = time.perf_counter()
        each = measurement.add(chunk)
        spent += time.perf_counter() - began
        errors += [one.lift - lift for one in each]
        memory.append(peak())
    say("shop by shop", spent, shops)
    began = time.perf_counter()
    found = measurement.result()
    say("all together", time.perf_counter() - began, shops)
    assert isinstance(found, Effect)
    print(f"lift {found.lift:.2%} ({found.low:.2%} to {found.high:.2%}), a shop is off by {np.std(errors):.1%}")
    print(f"most memory {memory[0]:,.0f} MB after {min(CHUNK, shops):,} shops, {peak():,.0f} MB at the end")


def made(count: int, days: int, lift: float, seed: int) -> Iterator:
    """Series of noise, weekday and drift; the last fortnight's sales raised by the lift."""
    from promotions.uplift.terms import Shop

    random = np.random.default_rng(seed)
    week = np.where(np.arange(days) % 7 >= 5, 1.4, 1.0)
    for n in range(count):
        drift = np.cumsum(random.normal(0, 0.01, days))
        sales = np.exp(random.normal(8, 1) + drift + 0.2 * random.standard_normal(days)) * week
        sales[random.random(days) < 0.03] = np.nan
        sales[-LENGTH:] *= 1 + lift
        yield Shop(n, sales, "franchisee")


def say(what: str, seconds: float, shops: int) -> None:
    print(
        f"{what:24} {seconds:8.2f} s  {seconds / shops * 1e6:8.0f} µs a shop  {shops / seconds:10,.0f} a second",
        flush=True,
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
