"""What staff see of the emails that readers asked for: numbers, a test of the next; for one role, one address."""
