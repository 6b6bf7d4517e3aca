"""Make an API token and print it once."""

from django.utils.translation import gettext as _

from crm.accounts.actions import create_token
from crm.accounts.models import ApiToken, User
from crm.command import OurCommand, Refused


class Command(OurCommand):
    help = "Make a token for a person: api_token LOGIN [--scope read|write] [--label TEXT]; prints it once"

    def add_arguments(self, parser):
        parser.add_argument("login")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.READ)
        parser.add_argument("--label", default="")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["login"]).first()
        if user is None:
            raise Refused(_("Nobody is called “%(name)s”.") % {"name": options["login"]})
        _token, text = create_token(user=user, scope=options["scope"], label=options["label"])
        self.stdout.write(text)
