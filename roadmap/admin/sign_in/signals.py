"""What happened to how somebody signs in, told to whoever keeps it: the security log."""

from django.dispatch import Signal

# Arguments: request (None for a command), user (whose it is), by (who did it), words (what a person would say).
second_factor_changed = Signal()
password_changed = Signal()
sign_ins_ended = Signal()
person_changed = Signal()  # who somebody is or may do, as an identity provider says; `by` is None
sign_in_refused = Signal()  # user is None where nobody is known by that name
# Arguments: request, name (what was typed as one). Sent for each try, and there may be a flood of them.
tries_used_up = Signal()
