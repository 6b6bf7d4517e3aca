"""Make a demo company: believable customers, three years of daily sales, tiers month by month, people who sign in."""

import datetime
import time

from crm.clock import today
from crm.command import OurCommand, Refused
from customers.demo import people
from customers.demo.loading import Story, load
from customers.models import Customer


class Command(OurCommand):
    help = "Fill an empty database with a demo company; prints its sign-ins. Same bytes for the same seed and day."

    def add_arguments(self, parser):
        parser.add_argument("--customers", type=int, default=320, help="how many (default 320)")
        parser.add_argument("--years", type=int, default=3, help="years of daily sales (default 3)")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes another company (default 1)")
        parser.add_argument("--until", type=datetime.date.fromisoformat, help="last day of sales (default yesterday)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are customers already")

    def handle(self, *args, **options):
        if not 1 <= options["customers"] <= 99_999 or not 1 <= options["years"] <= 10:
            raise Refused("Between 1 and 99,999 customers, and 1 to 10 years.")
        until = options["until"] or today() - datetime.timedelta(days=1)
        if until >= today():
            raise Refused("Sales end yesterday at the latest.")
        if Customer.objects.exists():
            if not options["if_empty"]:
                raise Refused("There are customers already: a demo company needs an empty database.")
        else:
            self._make(options, until)
        if announcement := people.announcement():
            self.stdout.write(announcement)

    def _make(self, options, until):
        began = time.monotonic()

        def say(text):
            self.stderr.write(f"  {time.monotonic() - began:5.1f} s  {text}")

        self.stderr.write("Making the demo company …")
        end = until + datetime.timedelta(days=1)
        story = Story.make(count=options["customers"], years=options["years"], seed=options["seed"], end=end)
        load(story, say)
