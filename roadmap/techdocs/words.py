"""The names of facts, as the lines that tell them have them."""

RELEASE_FACTS = ("Date", "Term", "Deployed")
ENTRY_FACTS = ("Date",)
CONTACT_FACTS = ("Team", "Email", "Subject")
