"""Papers of notices and their bytes belong together."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.integrity import Check
from crm.storedbytes import Stored
from promotions.policies.models import FOLDER, NoticeFile


def _wanted() -> dict[str, int]:
    return dict(NoticeFile.objects.order_by().values_list("file", "pk").iterator())


STORED = Stored(FOLDER, _wanted)
CHECKS = [
    Check("papers", gettext_lazy("Every paper of a notice has its bytes, and all bytes have a paper."), STORED.look)
]
