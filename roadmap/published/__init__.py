"""What readers may know, in memory: made of Editions, Revisions and Changes alone."""
