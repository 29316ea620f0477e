"""What a security review asks for: the log of who came in and what they took out, and who is locked out."""
