"""What is done to tiers by hand and to policies ahead of their day, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words

AUDIT = Words(
    actions={
        "tier_override.propose": _("Override of a tier proposed"),
        "tier_override.approve": _("Override of a tier approved"),
        "tier_override.refuse": _("Override of a tier refused"),
        "tier_override.withdraw": _("Override of a tier taken back"),
        "tier_override.end": _("Override of a tier ended"),
        "tier_override.expire": _("Override of a tier expired"),
        "tier_policy.plan": _("Adoption of a tier policy set for a day"),
        "tier_policy.unplan": _("Adoption of a tier policy called off"),
    },
    names={
        "override": _("tier by hand"),
        "computed": _("tier by the rule"),
        "adopted_from": _("in force from"),
        "decided_by": _("decided by"),
    },
)
