"""Programs that are told what their owners get by email: see docs/decisions/0042."""
