"""Make a person who can sign in."""

import getpass
import secrets
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from crm.accounts.actions import create_user
from crm.accounts.models import Region, Role


class Command(BaseCommand):
    help = "Make a person: create_user LOGIN --role manager|head|admin|analyst|api [--region CODE] [--password-stdin]"

    def add_arguments(self, parser):
        parser.add_argument("login")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--region", help="code of the region the person works in")
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args, **options):
        region = None
        if options["region"]:
            region = Region.objects.filter(code=options["region"]).first()
            if region is None:
                self.stderr.write(f"No region has the code {options['region']!r}.")
                sys.exit(2)
        made_up = None
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        elif sys.stdin.isatty():
            password = getpass.getpass("Password: ")
        else:
            password = made_up = secrets.token_urlsafe(12)
        try:
            user = create_user(
                username=options["login"],
                role=options["role"],
                password=password,
                name=options["name"],
                email=options["email"],
                region=region,
            )
        except ValidationError as refusal:
            self.stderr.write("; ".join(refusal.messages))
            sys.exit(2)
        self.stderr.write(f"{user.username} ({user.role}) made.")
        if made_up:
            self.stdout.write(made_up)
