"""Take away a second factor whose device is lost."""

from django.utils.translation import gettext as _

from crm.accounts.actions import remove_second_factor
from crm.accounts.models import User
from crm.command import OurCommand, Refused


class Command(OurCommand):
    help = "Remove the second factor of a person who lost it: reset_second_factor LOGIN"

    def add_arguments(self, parser):
        parser.add_argument("login")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["login"]).first()
        if user is None:
            raise Refused(_("Nobody is called “%(name)s”.") % {"name": options["login"]})
        remove_second_factor(user=user)
        self.stderr.write(_("The second factor of %(login)s is removed.") % {"login": user.username})
