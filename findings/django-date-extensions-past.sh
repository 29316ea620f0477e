#!/usr/bin/env bash
# django-date-extensions 3.1.2 sorts what is merely "past" after everything in a database, and before everything in Python.
#
# Seen with its ApproximateDateField on Django 5.2.19 and SQLite: `order_by` gives 2026, April 2026, 2027, future, past, where
# `sorted` of the same values gives past, 2026, April 2026, 2027, future. `filter(when__gte=…)` of 2026 finds what is past,
# and `when__lt` does not. The column is a text, in which the word "past" comes after all figures, and after "future".
# Expected: the order of the values, which ApproximateDate's own comparisons (`<`, `>=`) give.
# What works instead: to leave out what is past with `exclude`, and add it at its end; or columns for the first and last day.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 with venv.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'django-date-extensions==3.1.2' 'Django==5.2.19'

cat >read.py <<'PYTHON'
import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.db import connection, models
from django_date_extensions.fields import ApproximateDate, ApproximateDateField


class Item(models.Model):
    id = models.AutoField(primary_key=True)
    when = ApproximateDateField()

    class Meta:
        app_label = "roadmap"


with connection.schema_editor() as schema:
    schema.create_model(Item)
dates = [ApproximateDate(future=True), ApproximateDate(2026, 4), ApproximateDate(past=True), ApproximateDate(2026), ApproximateDate(2027)]
for date in dates:
    Item.objects.create(when=date)
year = ApproximateDate(2026)


def told(dates):
    return ", ".join(map(str, dates)) or "none"


print("Python, sorted:", told(sorted(dates)))
print("database, order_by:", told(item.when for item in Item.objects.order_by("when")))
print("Python, from 2026:", told(sorted(date for date in dates if date >= year)))
print("database, from 2026:", told(item.when for item in Item.objects.filter(when__gte=year).order_by("when")))
print("Python, before 2026:", told(date for date in dates if date < year))
print("database, before 2026:", told(item.when for item in Item.objects.filter(when__lt=year)))
dated = Item.objects.exclude(when=ApproximateDate(past=True))
print("database, from 2026, past left out:", told(item.when for item in dated.filter(when__gte=year).order_by("when")))
PYTHON
venv/bin/python read.py | tee seen
diff - seen <<'EXPECTED'
Python, sorted: past, 2026, April 2026, 2027, future
database, order_by: 2026, April 2026, 2027, future, past
Python, from 2026: 2026, April 2026, 2027, future
database, from 2026: 2026, April 2026, 2027, future, past
Python, before 2026: past
database, before 2026: none
database, from 2026, past left out: 2026, April 2026, 2027, future
EXPECTED
