"""The day and the policy that a command is asked for."""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from typing import Any

from customers.tiers.jobs import find_policy, read_day
from customers.tiers.models import TierPolicy


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--as-of", help="day to decide, such as 2021-12-31 (today)")
    parser.add_argument("--policy", help="code of a policy, or code:version (the adopted one)")


def asked(options: dict[str, Any]) -> tuple[datetime.date | None, TierPolicy | None]:
    """None for what was not named; an empty word is refused: in a script it is a variable that nobody set."""
    as_of, policy = options["as_of"], options["policy"]
    return (None if as_of is None else read_day(as_of)), (None if policy is None else find_policy(policy))
