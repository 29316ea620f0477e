"""How Django writes dates and times that no page of ours writes itself."""
