#!/usr/bin/env bash
# Python 3.11 and 3.13 read the blocks of message/delivery-status (RFC 3464), and not those of its twin for addresses that
# are not ASCII, message/global-delivery-status (RFC 6533): there the second block, which names the recipient, is a text.
#
# Seen with the email package of the standard library, of one report whose type alone differs: the first has two blocks, of
# the mail and of the recipient, with Action and Status in the second. The second is one message: the fields of the mail are
# its headers, and all of the recipient is its body, so that get() finds no Action at all.
# Expected: two blocks each, because RFC 6533 (3) takes RFC 3464's form as it is and lets UTF-8 in.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat >"$work/read.py" <<'PYTHON'
from email import message_from_bytes, policy

REPORT = """Content-Type: {type}

Reporting-MTA: dns; mail.example.org

Final-Recipient: {kind}; kim@example.org
Action: failed
Status: 5.1.1
"""
for kind, type in (("rfc822", "message/delivery-status"), ("utf-8", "message/global-delivery-status")):
    for rules in (policy.compat32, policy.default):
        payload = message_from_bytes(REPORT.format(type=type, kind=kind).encode(), policy=rules).get_payload()
        actions = [block.get("Action") for block in payload]
        print(f"{type}: {len(payload)} blocks, actions {actions}, text {'Action' in str(payload[0].get_payload())}")
PYTHON
python3 "$work/read.py" | tee "$work/seen"
diff - "$work/seen" <<'EXPECTED'
message/delivery-status: 2 blocks, actions [None, 'failed'], text False
message/delivery-status: 2 blocks, actions [None, 'failed'], text False
message/global-delivery-status: 1 blocks, actions [None], text True
message/global-delivery-status: 1 blocks, actions [None], text True
EXPECTED
