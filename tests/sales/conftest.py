import pytest


@pytest.fixture
def shops(cast, regions):
    """E1 in JIANGSU and E2 in ZHEJIANG (East), W1 in SICHUAN (West); Tao is in charge of E2 by name."""
    from datetime import date

    from customers.models import Customer, Responsibility

    places = {"E1": regions.jiangsu, "E2": regions.zhejiang, "W1": regions.sichuan}
    made = {
        code: Customer.objects.create(code=code, name=f"Shop {code}", kind="franchisee", region=region)
        for code, region in places.items()
    }
    Responsibility.objects.create(customer=made["E2"], user=cast.tao, since=date(2020, 1, 1))
    return made
