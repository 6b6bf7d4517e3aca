"""Seal every sensitive value with the newest key."""

from django.utils.translation import gettext as _

from crm import crypt
from crm.audit.actions import record
from crm.audit.context import acting
from crm.command import OurCommand, Refused
from crm.sealed import reseal_all


class Command(OurCommand):
    help = "Seal every sensitive value with the first of FIELD_KEYS; afterwards the older keys may go."

    def handle(self, *args, **options):
        try:
            count = reseal_all()
        except crypt.Unreadable as error:
            raise Refused(_("A value is sealed with a key that is not among FIELD_KEYS.")) from error
        with acting(via="command"):
            record(action="keys.rotate", changes={"values": count})
        self.stderr.write(_("%(n)d values are sealed with the newest key.") % {"n": count})
