"""The nightly seal of the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.sealing import next_seal
from crm.jobs.kinds import JobKind


def seal(ctx) -> dict:
    """Worked out outside the transaction, which stays short; of two at once one fails, for its number is unique."""
    made = next_seal()
    if made is None:
        return {"sealed": 0}
    with ctx.effect() as effect:
        made.save(force_insert=True)
        effect.result = {"seal": made.number, "sealed": made.entries}
    return effect.result


SEAL = JobKind(code="audit.seal", label=gettext_lazy("Seal the audit log"), handler=seal, whole_brand=True)
