"""What programs read of one roadmap, each in a module of its own. A view takes (request, what to show)."""

from roadmap.public.mounting import View
from roadmap.public.problems import Format

# Each with its route below the roadmap's address, its name, and the format of its errors.
OUTLETS_OF_A_ROADMAP: list[tuple[str, View, str, Format]] = []
