"""Bringing a tech-docs roadmap in, in a browser: upload, plan, choices, apply."""
