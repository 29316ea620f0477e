"""Where a webhook may lead: to nothing inside, however it is asked for."""

import datetime
from ipaddress import ip_address

import pytest

from roadmap.subscriptions.webhooks.network import BadUrl, Door, NotFound, NotPublic, is_public, post, read_url
from roadmap.subscriptions.webhooks.signing import new_secret, signed
from tests.cases import each_case
from tests.subscriptions.webhooks.receiver import door, receiving

INSIDE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
    # Which Python takes for public: of one site, of a local NAT64 (RFC 8215), IPv4 in two other forms.
    *("fec0::1", "64:ff9b:1::a00:1", "::7f00:1", "::ffff:0:7f00:1", "4000::1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:1:2:3"),
)


@pytest.fixture
def program():
    with receiving() as found:
        yield found


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_on_the_public_internet_is_refused(address):
    assert not is_public(ip_address(address))
    with pytest.raises(NotPublic):
        Door(look_up=lambda host, port: ["93.184.215.14", address]).way_to("program.example", 443)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])
def test_what_is_on_it_is_not(address):
    assert is_public(ip_address(address))


def test_each_connection_asks_and_goes_to_what_was_checked(program):
    """The owner of a name may say something else at each look: one look for a connection, and that is where it goes."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def look_up(host, port):
        asked.append(host)
        return answers[len(asked) - 1]

    changing = Door(look_up=look_up, is_public=lambda address: str(address) == "127.0.0.1")
    assert post(program.url, b"{}", {}, changing).status == 200
    assert asked == ["program.example"]
    with pytest.raises(NotPublic):
        post(program.url, b"{}", {}, changing)
    assert len(program.came) == 1
    assert program.came[0][0]["host"] == f"program.example:{program.port}"


def test_no_redirect_is_followed(program):
    program.status, program.headers = 307, {"Location": program.url}
    assert post(program.url, b"{}", {}, door()).status == 307
    assert len(program.came) == 1


def test_who_never_finishes_an_answer_holds_nobody_up(program):
    program.drips = True
    with pytest.raises(OSError, match="did not answer in time"):
        post(program.url, b"{}", {}, door(seconds=0.3))


def test_a_name_that_is_none_and_a_port_where_nobody_is_are_told_apart(program):
    def none(host, port):
        raise OSError("no such name")

    with pytest.raises(NotFound):
        post(program.url, b"{}", {}, Door(look_up=none))
    with pytest.raises(OSError, match="nothing answers there"):
        post("http://program.example:1/", b"{}", {}, door())


def test_what_is_no_tls_is_said_to_have_no_right_certificate(program):
    with pytest.raises(OSError, match="certificate"):
        post(f"https://program.example:{program.port}/", b"{}", {}, door())


BAD = (
    *("", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://a b.example/"),
    *("https://user:secret@example.com/", "https://example.com/#part", "https://example.com:22/", "https://[::1"),
    *(
        "https://example.com/\r\nHost: other",
        "https://example.com:99999/",
        "https://exämple.com/",
        "javascript:alert(1)",
    ),
    f"https://example.com/{'x' * 500}",
)


@each_case("typed", BAD)
def test_an_address_that_cannot_be_posted_to_is_refused_in_words(typed):
    with pytest.raises(BadUrl):
        read_url(typed)


def test_one_that_can_is_taken_as_it_is():
    assert read_url(" https://example.com:8443/a?b=c ") == "https://example.com:8443/a?b=c"
    assert read_url("http://program.example:8000/", is_local=True) == "http://program.example:8000/"


def test_the_signature_is_the_one_of_the_standard():
    """Its own libraries are tested with these."""
    at = datetime.datetime.fromtimestamp(1614265330, datetime.UTC)
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert new_secret().startswith("whsec_")
    assert new_secret() != new_secret()
