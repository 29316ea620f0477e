"""Writes across many working copies at once. The admin decides who may, asks, and tells what became of it."""
