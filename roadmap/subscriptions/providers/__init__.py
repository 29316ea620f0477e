"""Who takes the mails and carries them on, each by a way of its own; and what they tell of later: `bounces`."""
