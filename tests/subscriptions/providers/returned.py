"""Mails as mail servers send them back, of RFC 3464 and RFC 5965: with what they return of the mail that went out."""

UNKNOWN = {"status": "5.1.1", "diagnostic": "smtp; 550 5.1.1 <x>: Recipient address rejected: User unknown"}


def bounce(
    returned: bytes,
    to: str,
    *,
    original: str = "",
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "",
    more: str = "",
    is_whole: bool = False,
    kind: str = "message/delivery-status",
) -> bytes:
    """`returned`: the headers of the mail, or all of it (`is_whole`). `to`: as it was at last; `original`: at first."""
    lines = [
        *([f"Original-Recipient: rfc822;{original}"] if original else []),
        f"Final-Recipient: rfc822; {to}",
        f"Action: {action}",
        f"Status: {status}",
        "Remote-MTA: dns; mx.example.com",
        *([f"Diagnostic-Code: {diagnostic}"] if diagnostic else []),
    ]
    of_mail = "Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 2 Mar 2026 09:00:00 +0000\n"
    held = ("message/rfc822" if is_whole else "text/rfc822-headers", returned)
    text = f"{of_mail}\n" + "\n".join(lines) + f"\n{more}"
    return report("delivery-status", (kind, text.encode()), held)


def complaint(returned: bytes, feedback: str = "abuse") -> bytes:
    """With the address left out, as most do."""
    text = f"Feedback-Type: {feedback}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Rcpt-To: redacted\n"
    return report("feedback-report", ("message/feedback-report", text.encode()), ("message/rfc822", returned))


def report(kind: str, *parts: tuple[str, bytes]) -> bytes:
    texts = [("text/plain; charset=utf-8", b"This is the mail system. I'm sorry.\n"), *parts]
    body = b"".join(
        b"--b0undary\r\nContent-Type: " + name.encode() + b"\r\n\r\n" + text + b"\r\n" for name, text in texts
    )
    head = (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\nTo: bounces@example.org\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind};\r\n boundary="b0undary"\r\n\r\n'
    )
    return head.encode() + body + b"--b0undary--\r\n"


def headers_of(message: bytes) -> bytes:
    return message.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"
