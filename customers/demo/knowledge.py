"""What the demo company's managers know of their customers: facts with their source and day, some old, some missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from customers.demo.company import Client

_BEFORE = ("做过服装批发", "原在商场做柜长", "开过建材店", "一直做家纺", "做过装修", "接父母的店", "在厂里跑销售")
_LIKES = ("钓鱼", "茶", "羽毛球", "书法", "徒步", "麻将", "孩子的学习", "老车", "广场舞", "养花")
_FAMILY = (
    "爱人管账，儿子在外地上大学",
    "和弟弟合开，父母帮忙看店",
    "女儿刚工作，不打算接店",
    "爱人是老师，家里比较支持",
    "两个孩子，小的上小学",
)
_TIES = ("认识商场招商经理", "和街道办熟", "商会副会长", "同乡会里人缘好", "房东是亲戚", "和本地装修公司常合作")
_OTHERS = ("罗莱", "水星", "富安娜", "梦洁", "本地杂牌", "只做我们")
_BUYERS = ("附近小区住户", "新婚家庭", "单位福利团购", "装修业主", "周边乡镇")
_HOURS = ("9:00–20:30", "9:30–21:00", "10:00–22:00", "8:30–19:00")
_AVOID = ("别提早年亏本的那次联营", "不谈对面那家店", "不要当着员工说价格", "少提回款，先聊货")


class Known(NamedTuple):
    """value: canonical, as customers.facts.values writes it."""

    field: str
    value: str
    noted_on: datetime.date
    source: str
    told_by: str


def facts(client: Client, start: datetime.date, end: datetime.date, seed: int) -> Iterator[Known]:
    """What is known of one customer, in the catalogue's terms; of larger ones more than of small ones."""
    random = Random(f"knowledge {seed} {client.code}")
    days = max(30, (end - max(start, client.opened_on)).days)
    appetite = random.uniform(0.25, 0.9) if client.state == "active" else random.uniform(0.05, 0.4)
    yearly = client.daily * 350 // 100
    for field, value, source, told_by in _all(client, random, yearly, end):
        # Drawn whether it is known or not, so that one answer more changes no other.
        known, ago = random.random() < appetite, random.randrange(days)
        if known:
            yield Known(field, value, end - datetime.timedelta(days=1 + ago), source, told_by)


def _day(random: Random, year: int) -> str:
    return f"{year}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"


def _thousands(amount: float) -> str:
    return f"{max(1, round(amount / 1000)) * 1000}.00"


def _all(client: Client, random: Random, yearly: int, end: datetime.date) -> Iterator[tuple[str, str, str, str]]:
    owner, wife = "老板", "老板娘"
    area = random.randrange(40, 220)
    invested = area * random.uniform(1800, 3600)
    profit = yearly * random.uniform(0.08, 0.16) / 12
    yield "marital_status", random.choice(["married"] * 6 + ["single", "divorced"]), "told", owner
    yield "family", random.choice(_FAMILY), "told", random.choice([owner, wife])
    yield (
        "birthday",
        f"{random.randrange(1962, 1994)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}",
        "told",
        owner,
    )
    yield "occupation", random.choice(_BEFORE), "told", owner
    yield "in_trade_since", str(random.randrange(1998, max(1999, client.opened_on.year + 1))), "told", owner
    yield "education", random.choice(["middle", "high", "high", "college", "bachelor"]), "told", owner
    natures = ["decisive", "careful", "warm", "reserved", "stubborn", "quick_tempered", "calculating", "open_minded"]
    yield "personality", ",".join(one for one in natures if one in random.sample(natures, 2)), "seen", ""
    yield "annual_income", _thousands(profit * 12 * random.uniform(0.9, 1.5)), "told", owner
    yield "funds", _thousands(invested * random.uniform(0.1, 0.8)), "told", owner
    yield "funds_source", random.choice(["own", "own", "family", "bank", "own,family"]), "told", owner
    yield "connections", random.choice(_TIES), "told", random.choice(["店长", owner])
    yield "interests", random.choice(_LIKES), "seen", ""
    yield (
        "values_most",
        random.choice(["profit", "supply", "respect", "growth", "support", "profit,support"]),
        "told",
        owner,
    )
    yield "avoid", random.choice(_AVOID), "seen", ""
    yield "keeps_word", str(_rating(random, client.cooperative)), "seen", ""
    yield "openness", str(_rating(random, client.cooperative)), "seen", ""
    yield "management_quality", str(_rating(random, client.loyal)), "seen", ""
    yield "owner_presence", random.choice(["daily", "daily", "weekly", "monthly", "never"]), "seen", ""
    yield "bookkeeping", random.choice(["paper", "sheet", "system", "none"]), "seen", ""
    yield "training", random.choice(["none", "sometimes", "sometimes", "regular"]), "seen", ""
    yield "capital_strength", random.choice(["strong", "sound", "sound", "tight", "weak"]), "seen", ""
    yield "working_capital", _thousands(yearly * random.uniform(0.15, 0.35)), "told", owner
    yield "cost_budget", random.choice(["none", "made", "kept"]), "told", owner
    yield "rent_year", _thousands(area * random.uniform(400, 1500)), "document", ""
    yield "wages_month", _thousands(random.uniform(6000, 42000)), "told", owner
    yield "other_costs_month", _thousands(random.uniform(1500, 9000)), "told", owner
    yield "share_of_purchases", random.choice(["0.4", "0.55", "0.6", "0.75", "0.8", "0.9", "1"]), "told", owner
    yield "other_brands", random.choice(_OTHERS), "seen", ""
    yield "main_buyers", random.choice(_BUYERS), "seen", ""
    yield "opening_investment", _thousands(invested), "told", owner
    yield "monthly_profit", _thousands(profit), "told", owner
    yield "area", str(area), "document", ""
    yield "premises", {"商场专柜": "mall", "家居城店": "market"}.get(client.category, "street"), "seen", ""
    yield "lease_until", f"{end.year + random.randrange(0, 4)}-{random.randrange(1, 13):02d}-28", "document", ""
    yield "staff", str(random.randrange(1, 9)), "seen", ""
    yield "opening_hours", random.choice(_HOURS), "seen", ""
    yield "licence_number", f"92{random.randrange(10**15, 10**16)}", "document", ""
    yield "contract_number", f"HN-{client.opened_on.year}-{random.randrange(1000, 9999)}", "document", ""
    yield "contract_from", client.opened_on.isoformat(), "document", ""
    yield "contract_until", f"{end.year + random.randrange(0, 3)}-12-31", "document", ""
    yield "deposit", _thousands(random.choice([10000, 20000, 30000, 50000])), "document", ""
    yield "credit_limit", _thousands(max(20000, yearly * 0.12)), "document", ""
    yield "payment_days", random.choice(["30", "30", "45", "60"]), "document", ""
    yield (
        "purchase_price",
        random.choice(["0.38", "0.4", "0.42"] if client.agent else ["0.48", "0.5", "0.52"]),
        "document",
        "",
    )


def _rating(random: Random, character: float | None) -> int:
    return min(5, max(1, round((character if character is not None else 55) / 22 + random.uniform(-0.6, 0.6))))
