"""Make an API token and print it once."""

import sys

from django.core.management.base import BaseCommand

from crm.accounts.actions import create_token
from crm.accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Make a token for a person: api_token LOGIN [--scope read|write] [--label TEXT]; prints it once"

    def add_arguments(self, parser):
        parser.add_argument("login")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.READ)
        parser.add_argument("--label", default="")

    def handle(self, *args, **options):
        user = User.objects.filter(username=options["login"]).first()
        if user is None:
            self.stderr.write(f"No user is called {options['login']!r}.")
            sys.exit(2)
        _token, text = create_token(user=user, scope=options["scope"], label=options["label"])
        self.stdout.write(text)
