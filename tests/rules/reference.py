"""The tier rule a second time, for comparison: slow, plain, and written without looking at how the first one works.

Money is whole cents here, shares are pairs of whole numbers, ranks are counted by comparing everyone with everyone.
Customers are dictionaries; only the options that are off by default are missing.
"""


def still_open(customer, day):
    if customer["opened"] and day < customer["opened"]:
        return False
    if customer["closed_on"]:
        return day < customer["closed_on"]
    return not customer["closed_flag"]


def sold_more(customer, crowd):
    """How many of the crowd sold more, by looking at each of them."""
    return len([1 for other in crowd if other["cents"][0] > customer["cents"][0]])


def grew(now, before, percent):
    """Whether now is `percent` above before, in whole numbers only; None when before is nothing."""
    if before <= 0:
        return None
    return now * 100 >= before * (100 + percent)


def tiers_of(customers, day, share=(20, 100), percent=10, high=70):
    """Return {id: (tier, rank)} of the customers open on the day, and (ranked, k, cut-off in cents)."""
    here = [customer for customer in customers if still_open(customer, day)]
    crowd = [customer for customer in here if not customer["agent"] and customer["cents"][0] > 0]
    seats = 0
    while seats * share[1] < share[0] * len(crowd):
        seats += 1
    # A seller sits within the seats when fewer than that many sold more: equals sit together.
    above = {customer["id"]: sold_more(customer, crowd) for customer in crowd}
    seated = [customer for customer in crowd if above[customer["id"]] < seats]
    cutoff = min((customer["cents"][0] for customer in seated), default=None)
    answer = {}
    for customer in here:
        latest, middle, earliest = customer["cents"]
        rank = above[customer["id"]] + 1 if customer["id"] in above else None
        scores = customer["cooperation"], customer["loyalty"]
        if customer["agent"] or (rank is not None and rank <= seats):
            tier = "A"
        elif (
            grew(middle, earliest, percent)
            and grew(latest, middle, percent)
            and all(score is not None and score >= high for score in scores)
        ):
            tier = "B"
        else:
            tier = "C"
        answer[customer["id"]] = (tier, rank)
    return answer, (len(crowd), seats, cutoff)
