"""The sample roadmap's facts and words. The names, months and addresses are those of HMRC's VAT (MTD) roadmap of
autumn 2018; every sentence was written for this project, because the originals are not ours to copy.

Each mapping holds the fields of one working copy.
"""

from typing import Any

from roadmap.content.choices import Environment, Horizon, Kind

ROADMAP: dict[str, Any] = {
    "slug": "vat-mtd",
    "title": "VAT (MTD) roadmap",
    "reference_prefix": "VAT",
    "description": (
        "What you can use now for VAT under Making Tax Digital, what you can try in the sandbox, and what comes next. "
        "It is for people who make software."
    ),
    "contact_name": "Software Developer Support Team",
    "contact_email": "sdsteam@hmrc.gsi.gov.uk",
    "contact_subject": "Roadmap enquiry",
    "footer": (
        "In controlled go live, also called private beta, a small number of customers use a new feature first. "
        "It opens to everybody once it works well for them."
    ),
}

# Under the headings of the page of October 2018, so that importing that page finds these and brings them up to date.
PAGES: list[dict[str, str]] = [
    {
        "title": "What this Roadmap tells you",
        "slug": "what-this-roadmap-tells-you",
        "body": """\
Use this roadmap to plan your own releases. For each piece of work it says:

- whether you can find it in ‘Test’, in ‘Live’ or in neither yet
- when we expect it to arrive in each
- which VAT customers it is for

Not all of the work is an API. Some of it is a screen on GOV.UK or a guide, and we list those too, because your \
customers may ask you about them.

Dates further away are less certain. We update them here first when they move.""",
    },
    {
        "title": "What is the ‘backend’ functionality",
        "slug": "what-is-the-backend-functionality",
        "body": """\
Your software talks to an API. The API, in turn, asks HMRC's own systems, which hold each customer's VAT record. We \
call the work on those systems ‘backend’.

Two examples:

- your software asks for a customer's obligations, and the backend looks them up
- your software sends a VAT return, and the backend checks it and adds it to the record""",
    },
    {
        "title": "When will the backend functionality be available?",
        "slug": "when-will-the-backend-functionality-be-available",
        "body": """\
Teams at HMRC build the APIs and the backend side by side, so one can be ready some weeks before the other.

An endpoint is shown here in ‘Test’ or ‘Live’ only once there is something behind it to answer you.""",
    },
    {
        "title": "What is “controlled go live”?",
        "slug": "what-is-controlled-go-live",
        "body": """\
A new feature does not open to every business on one day. A few customers use it first, with real returns, while we \
watch that it works. You may also hear this called private beta.

If you would like your customers to take part, ask the team below.""",
    },
    {
        "title": "Who we are",
        "slug": "who-we-are",
        "body": """\
Two teams at HMRC work with software developers. Together they are the Software Developer Collaboration Team.

- The **Software Developer Support Team** (SDST) answers technical questions and keeps this roadmap.
- The **Digital Relationship Management** (DRM) team looks after the accounts of developers and of the bodies that \
represent them.

To ask about anything here, write to \
[sdsteam@hmrc.gsi.gov.uk](mailto:sdsteam@hmrc.gsi.gov.uk?subject=Roadmap%20enquiry).""",
    },
]

NEAR, MID, LONG = "near", "mid", "long"
RELEASES: dict[str, dict[str, Any]] = {
    NEAR: {"title": "Near term", "when": "18 October 2018 to February 2019", "horizon": Horizon.NEAR.value},
    MID: {"title": "Mid term", "when": "March to April 2019", "horizon": Horizon.MID.value},
    LONG: {"title": "Long term", "when": "May to October 2019", "horizon": Horizon.LONG.value},
}

API = {
    "name": "VAT (MTD) API",
    "url": "https://developer.service.hmrc.gov.uk/api-documentation/docs/api/service/vat-api",
}

_PAYMENTS = "Payments and repayments"
_RETURNS = "Retrieve obligations and submit return"
_CIRCUMSTANCES = "Change of circumstances or client change of circumstances"
_AUTHORISATION = "Authorisation (agent and client relationship)"
_AGENT_ACCOUNT = "Create agent services account and link VAT clients"
_EVERYBODY = "Businesses, Agents"


def _planned(release: str, title: str, kind: Kind | None, journey: str, description: str) -> dict[str, Any]:
    return {
        "release": release,
        "title": title,
        "kind": kind.value if kind else "",
        "journey": journey,
        "audiences": _EVERYBODY,
        "description": description,
    }


def _in_sandbox(title: str, journey: str, description: str) -> dict[str, Any]:
    return {
        "title": title,
        "kind": Kind.API.value,
        "journey": journey,
        "audiences": _EVERYBODY,
        "description": description,
        "deployed": Environment.TEST.value,
        "uses_api": True,
    }


def _released(
    title: str, journey: str, audiences: str, description: str, kind: Kind = Kind.USER_INTERFACE
) -> dict[str, Any]:
    return {
        "title": title,
        "kind": kind.value,
        "journey": journey,
        "audiences": audiences,
        "description": description,
        "deployed": Environment.LIVE.value,
    }


# Beside the fields of an item: `release` names one of RELEASES, `deployed` the environment where it is, `uses_api`
# that it concerns API.
ITEMS: list[dict[str, Any]] = [
    _planned(
        NEAR,
        "Set up, view and cancel a Direct Debit",
        Kind.USER_INTERFACE,
        _PAYMENTS,
        "Pay VAT by **Direct Debit**: set one up, look at it, or cancel it.",
    ),
    _planned(
        NEAR,
        "Change business and bank details",
        Kind.USER_INTERFACE,
        _CIRCUMSTANCES,
        "Keep the VAT record right without a letter: a new **address** or principal place of business (PPOB), "
        "other **bank details**, or another **stagger**, which sets the months when returns are due.",
    ),
    _planned(
        NEAR,
        "Amend a Direct Debit",
        Kind.USER_INTERFACE,
        _PAYMENTS,
        "Correct a **Direct Debit** that is there already, rather than cancel it and begin again.",
    ),
    _planned(
        MID,
        "Deregister from VAT",
        Kind.USER_INTERFACE,
        _CIRCUMSTANCES,
        "Tell HMRC that a business no longer needs to be registered, and **deregister** it.",
    ),
    _planned(
        LONG,
        "Ask a client for authorisation from your software",
        Kind.API,
        _AUTHORISATION,
        "Agents send the **invitation** from their own software. The client can say yes or no.",
    ),
    _planned(
        LONG,
        "Send supplementary details with a VAT return",
        None,
        "Retrieve obligations and submit update",
        "Customers add **further details from their VAT account** that bear on the return.",
    ),
    _in_sandbox(
        "View previous returns",
        _RETURNS,
        "Ask for **returns sent earlier**. Those from before the customer joined Making Tax Digital are not included.",
    ),
    _in_sandbox(
        "View previous payments",
        _PAYMENTS,
        "Ask for the **payments that HMRC has received**, and show them beside the returns they belong to.",
    ),
    _in_sandbox(
        "Get VAT obligations",
        _RETURNS,
        "Ask which returns are due, for which periods and by what date. Each open obligation needs one return.",
    ),
    _in_sandbox(
        "Retrieve VAT liabilities",
        _RETURNS,
        "Ask **what is owed** and for which period, so that customers see it without leaving your software.",
    ),
    _in_sandbox(
        "Submit a 9 box VAT return",
        _RETURNS,
        "Send the **nine boxes** of a return, with the customer's declaration that they are right.",
    ),
    _released(
        "Sign up for Making Tax Digital for VAT",
        "Sign up to report your VAT through software or sign up a client to report your VAT through software",
        _EVERYBODY,
        "Sole traders and companies **join the service** themselves. Agents with an agent services account can do it "
        "for clients whom they formally act for.",
    ),
    _released(
        "See obligations and returns in the business tax account",
        "View future obligations and previous returns in BTA",
        _EVERYBODY,
        "Shows **what was sent**, what is due next and what has been paid, in the business tax account (BTA).",
    ),
    _released(
        "Create an agent services account",
        _AGENT_ACCOUNT,
        "Agents",
        "Every firm needs one **agent services account** before it can act for clients in software.",
    ),
    _released(
        "Link existing VAT clients",
        _AGENT_ACCOUNT,
        "Agents",
        "Brings **clients whom an agent has already** into the new account, so nobody has to be asked again.",
    ),
    _released(
        "Ask a client for authorisation",
        _AUTHORISATION,
        "Agents",
        "An agent sends an **invitation** online. The client can say yes or no.",
    ),
    _released(
        "End an authorisation",
        "Agent or client break link",
        _EVERYBODY,
        "A client, or HMRC, can **stop an agent acting** from that day on.",
    ),
    _released(
        "Guide to ways to pay",
        _PAYMENTS,
        _EVERYBODY,
        "Explains **each way to pay VAT** and where to find it.",
        kind=Kind.GUIDE,
    ),
]

CHANGELOG: list[dict[str, str]] = [
    {
        "title": "VAT (MTD) End-to-end Service Guide v1.0",
        "when": "Oct 2018",
        "body": """\
- New name for the document
- Now HTML on the Developer Hub, with process diagrams: it takes the place of PDF V4.0""",
    },
    {
        "title": "Making Tax Digital (MTD)-VAT End-to-End (E2E) Customer Journeys v4.0",
        "when": "Sep 2018",
        "body": """\
- New name for the document
- The PDF has placeholders for features that follow controlled go live (CGL)""",
    },
    {
        "title": "MTD-VAT E2E customer journeys v3.0",
        "when": "Jul 2018",
        "body": """\
- New name for the document
- The PDF says more about the journeys of businesses and agents
- A timeline shows when each feature arrives""",
    },
    {
        "title": "MTDfB-Income Tax E2E customer journeys v1.0",
        "when": "Feb 2018",
        "body": """\
- New name for the document
- A PDF of its own instead of HTML, since the sandbox moved into the Developer Hub
- A process diagram of the whole journey
- The vision and the high level design""",
    },
    {
        "title": "Making Tax Digital for Business VAT Guide for Vendors Version v1.0",
        "when": "Jun 2017",
        "body": """\
- HTML in the Developer Hub sandbox
- Process diagrams of the agent's journey
- A glossary""",
    },
]
