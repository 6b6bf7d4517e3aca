"""The words of the audit log for what is done about dealers' access, by us and by them."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words

AUDIT = Words(
    actions={
        "portal.invite": _("Dealer invited"),
        "portal.link": _("New link for a dealer"),
        "portal.show": _("Dealer's link shown"),
        "portal.revoke": _("Dealer's link revoked"),
        "portal.enter": _("Dealer signed in"),
        "portal.leave": _("Dealer signed out"),
        "portal.end": _("Dealer's access ended"),
    },
    names={"dealer": _("dealer")},
)
