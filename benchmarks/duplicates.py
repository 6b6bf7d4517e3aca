"""What it costs to look for duplicates: python -m benchmarks.duplicates --customers 20000

Made-up shops of many towns, one in fifty entered twice with another spelling. Printed: CPU seconds of the scan at a
quarter and at the full size, the pairs compared, and the exponents of their growth (1 is linear, 2 compares each with
each); then the look-up at entry, in milliseconds, the median of fifty.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time

from benchmarks.measure import measured
from benchmarks.scratch import Scratch

_SIGNS = (
    "安宝贝晨辰诚大丰福富冠海好恒红华欢佳嘉健金锦京康乐丽联亮林美明南宁鹏奇千青庆仁瑞"
    "盛顺泰天同旺祥新鑫兴秀雅阳益永优宇元月悦云泽正中众卓"
)
_TRADES = ("母婴", "文具", "玩具", "超市", "百货", "烘焙", "茶叶", "酒业", "服饰", "生鲜")
_ROADS = ("中山路", "人民路", "解放路", "建设路", "和平路", "长江路", "黄河路", "新华路")


def make(first: int, last: int) -> None:
    """Customers `first` to `last`; the towns grow with their number, as a brand's reach does."""
    from crm.accounts.actions import root_region
    from customers.models import Customer

    dice, region, rows = random.Random(first), root_region(), []
    for number in range(first, last):
        city = f"{dice.choice(_SIGNS)}{dice.choice(_SIGNS)}{number // 400}"
        name = "".join(dice.choice(_SIGNS) for _ in range(3)) + dice.choice(_TRADES)
        phone = f"1{dice.randrange(3, 10)}{dice.randrange(10**9):09}"
        if number % 50 == 49 and rows:
            twin = dice.choice(rows[-40:])
            city, name, phone = twin.city, f"{twin.city}{twin.name}店", twin.phone
        rows.append(
            Customer(
                code=f"D{number:07}",
                name=name,
                kind="franchisee",
                region=region,
                city=city,
                phone=phone,
                address=f"{dice.choice(_ROADS)}{dice.randrange(1, 900)}号",
                wgs_latitude=dice.uniform(22, 45),
                wgs_longitude=dice.uniform(100, 122),
            )
        )
    Customer.objects.bulk_create(rows, batch_size=1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    options = parser.parse_args()
    few, many = options.customers // 4, options.customers
    with Scratch("duplicates", sqlite=options.sqlite, server=options.server):
        from customers.duplicates import scanning
        from customers.duplicates.likeness import Card, folded

        costs = []
        for first, last in ((0, few), (few, many)):
            make(first, last)
            with measured() as spent:
                found = scanning.scan()()
            costs.append((last, spent.cpu, found.compared))
            print(
                f"{last:,} customers: {spent.cpu:.1f} s CPU, {found.compared:,} compared, {found.open:,} to decide",
                flush=True,
            )
        (n, small, less), (m, large, more) = costs
        print(f"growth: time N^{_power(large / small, m / n)}, comparisons N^{_power(more / less, m / n)}")
        with measured() as spent:
            again = scanning.scan()()
        print(f"once more: {spent.cpu:.1f} s CPU, {again.new} new, {again.gone} gone")
        card = folded(
            Card(name="瑞安宝母婴", phone="13912345678", city="南京", address="中山路1号", lat=32.0, lon=118.8)
        )
        times = []
        for _ in range(50):
            began = time.perf_counter()
            scanning.catch_up()
            scanning.candidates(card)
            times.append((time.perf_counter() - began) * 1000)
        print(f"at entry: {statistics.median(times):.1f} ms")


def _power(by: float, size: float) -> str:
    return f"{math.log(by) / math.log(size):.2f}"


if __name__ == "__main__":
    main()
