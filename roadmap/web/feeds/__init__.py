"""What programs read of one roadmap: feeds, calendar, CSV, and the links to them."""
