"""Moves one roadmap between two installations, whole: a file of JSON lines out, and the same roadmap in again.

What a line may hold is in `format`; docs/how-to/move-a-roadmap.md describes it for people. JSON Lines rather than one
JSON text, because a roadmap of 500 editions is written and read a line at a time, in memory that does not grow with it.
People never move: who published or saved what, the team, saves and preview links stay behind.

Export writes nothing but its file; import makes everything in one transaction, or nothing.
"""

from roadmap.transfer.export_roadmap import Exported, write_out
from roadmap.transfer.format import TransferRefused
from roadmap.transfer.import_roadmap import Imported, bring_in

__all__ = ["Exported", "Imported", "TransferRefused", "bring_in", "write_out"]
