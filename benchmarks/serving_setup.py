"""What benchmarks.serving has done by a process of its own, in this folder or in that of an older checkout.

    make [ITEMS EDITIONS]...    migrate, collect the static files, and publish a roadmap of each size;
                                prints an item of each and a day in the middle
    change SLUG                 move a date of that roadmap, as pending
    publish SLUG                move a date and publish, as a command does: prints when it began, when it was done, and
                                the seconds of processor time that publishing took

The current folder is the project's; it comes first on the path, so that its own `benchmarks` make the roadmaps.
"""

import os
import shutil
import sys
import time

sys.path.insert(0, os.getcwd())


def main() -> None:
    import django

    django.setup()
    verb, *arguments = sys.argv[1:]
    if verb == "make":
        make([int(number) for number in arguments])
    else:
        change(arguments[0], is_published=verb == "publish")


def make(numbers: list[int]) -> None:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from benchmarks.following import publish_all
    from benchmarks.publishing_and_reading import build

    shutil.copytree("var/styles", settings.STATE_DIR / "styles")  # as script/server or script/test has built them
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    User.objects.create_superuser("person-0", password=os.environ["SERVING_PASSWORD"])
    for items, editions in zip(numbers[::2], numbers[1::2], strict=True):
        reference, day = publish_all(build(items), editions)
        print(reference, f"{day:%Y-%m-%d}")


def change(slug: str, *, is_published: bool) -> None:
    from roadmap.models import Milestone, Roadmap
    from roadmap.publishing import publish

    roadmap = Roadmap.objects.get(slug=slug)
    milestone = Milestone.objects.filter(item__roadmap=roadmap).earliest("pk")
    milestone.when = "June 2027" if milestone.when != "June 2027" else "July 2027"
    milestone.save()
    if is_published:
        began_at, used = time.time(), -time.process_time()
        publish(roadmap=roadmap, by=None)
        print(began_at, time.time(), used + time.process_time())


if __name__ == "__main__":
    main()
