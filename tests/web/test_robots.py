def test_search_engines_are_kept_from_drafts_and_from_the_administration(client):
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert {"Disallow: /admin/", "Disallow: /preview/"} <= set(answer.content.decode().splitlines())


def test_the_icon_that_browsers_ask_for_unasked_leads_to_ours(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"] == "/static/favicon.svg"
