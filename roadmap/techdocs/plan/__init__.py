"""What an import would change of the working copies, and the report of it."""
