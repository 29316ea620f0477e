"""Review and publish, in a browser, and what was published: editions, their times, restoring."""
