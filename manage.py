#!/usr/bin/env python3
import sys


def main() -> None:
    try:
        from django.core.management import execute_from_command_line

        from roadmap_site.start import start
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here: run script/build once, then script/manage …, "
            "or install requirements.lock into the environment that runs this."
        ) from error
    start()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
