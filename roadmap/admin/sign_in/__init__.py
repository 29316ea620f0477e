"""Who comes in, and how: a password and a second factor, or an identity provider; limits, sessions, resets."""
