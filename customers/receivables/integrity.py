# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""What is open against what was billed and what settled it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.integrity import Check, Found

_NAMED = "SELECT c.code, i.number FROM customers_openitem i JOIN customers_customer c ON c.id = i.customer_id"


def _items(cursor, found: Found) -> None:
    """amount = paid by its own record + settled by others (a credit note: used for others) + open."""
    found.add_rows(
        cursor,
        f"""{_NAMED}
        LEFT JOIN (SELECT item_id, sum(amount) AS total FROM customers_allocation GROUP BY item_id) s
            ON s.item_id = i.id
        LEFT JOIN (SELECT credit_id, sum(amount) AS total FROM customers_allocation WHERE credit_id IS NOT NULL
            GROUP BY credit_id) u ON u.credit_id = i.id
        WHERE i.amount - i.paid - coalesce(s.total, 0) + coalesce(u.total, 0) <> i.open_amount
            OR (i.amount > 0 AND i.open_amount < 0) OR (i.amount < 0 AND i.open_amount > 0)
        ORDER BY 1, 2""",
    )


def _payments(cursor, found: Found) -> None:
    found.add_rows(
        cursor,
        """SELECT c.code, p.number FROM customers_payment p JOIN customers_customer c ON c.id = p.customer_id
        LEFT JOIN (SELECT payment_id, sum(amount) AS total FROM customers_allocation WHERE payment_id IS NOT NULL
            GROUP BY payment_id) s ON s.payment_id = p.id
        WHERE p.amount - coalesce(s.total, 0) <> p.unused ORDER BY 1, 2""",
    )


def _customers(cursor, found: Found) -> None:
    """An allocation stays within a customer, and nobody owes while money of theirs lies unused."""
    found.add_rows(
        cursor,
        f"""{_NAMED} JOIN customers_allocation a ON a.item_id = i.id
        LEFT JOIN customers_payment p ON p.id = a.payment_id LEFT JOIN customers_openitem o ON o.id = a.credit_id
        WHERE coalesce(p.customer_id, o.customer_id) <> i.customer_id ORDER BY 1, 2""",
        about="?",
    )
    found.add_rows(
        cursor,
        """SELECT DISTINCT c.code FROM customers_openitem i JOIN customers_customer c ON c.id = i.customer_id
        WHERE i.open_amount > 0 AND (
            EXISTS (SELECT 1 FROM customers_payment p WHERE p.customer_id = c.id AND p.unused > 0)
            OR EXISTS (SELECT 1 FROM customers_openitem o WHERE o.customer_id = c.id AND o.open_amount < 0))
        ORDER BY 1""",
        about="+",
    )


CHECKS = [
    Check("open_items", _("What is open of an invoice is its amount less all that settled it."), _items),
    Check("payments", _("What is left of a payment is its amount less all that it settled."), _payments),
    Check("settled", _("Money settles invoices of its own customer, and none lies unused while they owe."), _customers),
]
