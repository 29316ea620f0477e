"""Code in a page and its partials: read where it can be, and otherwise kept as text, with a doubt."""

from roadmap.techdocs import parse
from tests.cases import each_case
from tests.techdocs.git.trees import doubts_of, from_memory, refusal
from tests.techdocs.sources.test_partials import PAGE, lines, read

# Comments, and what only looks like ERB


def test_a_comment_is_left_out_with_its_line_and_doubted():
    document = read("# A\n\nOne\n  <%# Not for\nreaders %>  \ntwo <%# nor this %>three\n<%#%>\nfour")
    assert lines(document) == [
        ("# A", PAGE, 1),
        ("One", PAGE, 3),
        ("two three", PAGE, 6),
        ("four", PAGE, 8),
    ]
    assert "One\ntwo three\nfour" in document.text
    assert [str(doubt) for doubt in document.doubts] == [
        f"{PAGE}:4: This comment was left out: “Not for readers”.",
        f"{PAGE}:6: This comment was left out: “nor this”.",
    ]


def test_an_escaped_mark_is_the_mark_itself():
    document = read("# A\n\nWrite <%%= one %> here <%# x %>\n")
    assert "Write <%= one %> here \n" in document.text


def test_erb_in_front_matter_is_text():
    assert parse(from_memory({PAGE: "---\ntitle: A <%= b %>\n---\nText"})).title == "A <%= b %>"


def test_in_a_file_that_is_not_erb_tags_are_text_and_doubted():
    source = from_memory(
        {"a.md": "# A\n<%= system 'exit' %> and <% again\n", PAGE: "<%= partial 'b' %>", "_b.md": "<% b"}
    )
    assert "<%= system 'exit' %> and <% again" in source.documents[0].text
    assert "<% b" in source.documents[1].text
    end = "This ERB was kept as text, for the name of the file does not end in .erb."
    assert doubts_of(source) == [f"a.md:2: {end}", f"_b.md:1: {end}"]


# Code


@each_case(
    ("code", "text"),
    [
        ("<%= 'A “box”' %>", "A “box”"),
        ("<%= current_page.data.title %>", "Parcels & boxes"),
        ("<%= current_page.data[:title] -%>", "Parcels & boxes"),
        ("<%== current_page.data.weight %>", "7"),
        ("<%= config[:tech_docs][:host] %>", "https://example.gov.uk"),
        ("<%= warning_text('Dates may\n  change.') %>", "**Warning:** Dates may change."),
        ('<%= warning_text "It\\"s" %>', '**Warning:** It"s'),
        ("<%= link_to 'Terms [1]', '/terms', class: 'link' %>", "[Terms \\[1\\]](/terms)"),
        ("<%= link_to('Terms', 'a b.html', target: where) %>", "[Terms](<a b.html>)"),
        ("<%= mail_to 'a@example.gov.uk' %>", "[a@example.gov.uk](mailto:a@example.gov.uk)"),
        ("<%= mail_to 'a@example.gov.uk', 'us' %>", "[us](mailto:a@example.gov.uk)"),
        ("<%= image_tag 'depot.png', alt: 'A depot' %>", "![A depot](images/depot.png)"),
        ("<%= image_tag '/a.png' %>", "![](/a.png)"),
        ("<img src='<%= image_path \"a.png\" %>'>", "<img src='images/a.png'>"),
        ("<%= url_for '/terms' %>", "/terms"),
    ],
)
def test_what_can_be_read_off_a_tag_stands_in_its_place(code, text):
    files = {
        PAGE: f"---\ntitle: Parcels & boxes\nweight: 7\n---\n\nOne {code} two.",
        "tech-docs.yml": "host: https://example.gov.uk",
    }
    document = from_memory(files).documents[0]
    assert lines(document)[-1] == (f"One {text} two.", PAGE, 6)
    assert document.doubts == ()


@each_case(
    "code",
    [
        "<% content_for :sidebar do %>\n<ul>\n<% links.each do |a| %>\n<li><%= a.title %>\n<% end %>\n</ul>\n<% end %>",
        "<% content_for(:head) { %>Not this<% } %>",
        "<%= content_for :head, 'Not this' %>",
        "<% content_for :head, 'Not this' -%>",
        "<%- system 'exit' -%>",
        "<% x = partial 'b' %>",
        "<% set :layout, false %>",
        "<%= yield_content :sidebar %>",
        "<%= yield %>",
        "<%= google_analytics_tag %>",
        "<%= partial_analytics_tag %>",
        "<%= javascript_include_tag 'a' %>",
        "<% redirects.each do |old, new| %>\n<% redirect old, to: new %>\n<% end %>",
        "<% if draft %>\n<% if old %><% end %>\n<% end %>",
        "<% end %>",
        "<% %>",
    ],
)
def test_code_that_writes_nothing_costs_itself_and_a_doubt(code):
    document = read(f"# A\n\nOne\n{code}\ntwo.\n", b="B")
    assert document.text == "\n# A\n\nOne\ntwo.\n" or (code.endswith("<% } %>") and "this" not in document.text)
    assert [doubt.line for doubt in document.doubts] == [4]
    assert lines(document)[-1] == ("two.", PAGE, 5 + code.count("\n"))


@each_case(
    "code",
    [
        "<%= system('exit') %>",
        "<%= `exit` %>",
        "<%= partial 'b'; exit %>",
        "<%= partial 'b' if exit %>",
        "<%= partial ('b') + exit %>",
        '<%= partial "#{exit}" %>',
        "<%= partial('b' %>",
        "<%= partial 'b') %>",
        "<%= partial name %>",
        "<%= partial %>",
        "<%= partial '' %>",
        "<%= data.depots.size %>",
        "<%= link_to page.title, page.url %>",
        "<%= link_to 'A', \"/#{b}\" %>",
        '<%= make_a_link("a", "b", "C") %>',
        "<%= current_page.data.nothing %>",
        "<%= warning_text %>",
        "<ul><% two.each do |n| %><li><%= n %></li><% end %></ul>",
    ],
)
def test_code_that_writes_what_nobody_knows_is_kept_as_text_on_its_line(code):
    document = read(f"# A\n\n{code} and more\n", b="B")
    assert lines(document) == [("# A", PAGE, 1), (f"{code} and more", PAGE, 3)]
    [doubt] = document.doubts
    assert doubt.line == 3
    assert "no code of a source is ever run, so it was kept as text" in doubt.text
    assert document.partials == ()


def test_code_on_lines_of_its_own_is_kept_as_a_block_that_begins_nothing_else():
    document = read(
        "One\n<% a.each do |b| %>\n### <%= b %>\n\n<%= partial 'b' %>\n<% end %>\ntwo\n<%= c(\n  '```'\n) %>\n", b="B"
    )
    assert lines(document) == [
        ("One", PAGE, 1),
        ("```", PAGE, 2),
        ("<% a.each do |b| %>", PAGE, 2),
        ("### <%= b %>", PAGE, 3),
        ("<%= partial 'b' %>", PAGE, 5),
        ("<% end %>", PAGE, 6),
        ("```", PAGE, 6),
        ("two", PAGE, 7),
        ("````", PAGE, 8),
        ("<%= c(", PAGE, 8),
        ("  '```'", PAGE, 9),
        (") %>", PAGE, 10),
        ("````", PAGE, 10),
    ]
    assert [doubt.line for doubt in document.doubts] == [2, 8]


def test_what_stands_in_a_condition_or_in_a_frame_is_kept_and_doubted():
    page = "<% if draft %>\nOne\n<% else %>\ntwo\n<% end %>\n"
    page += "<%= content_tag :div do %>\nthree\n<% end %>\n<% frame do %>\nfour\n<% end %>\n"
    document = read(page)
    assert document.text.strip() == "One\ntwo\nthree\nfour"
    assert [(doubt.line, doubt.text.split(",")[0][:40]) for doubt in document.doubts] == [
        (1, "The old site showed what follows only wh"),
        (6, "This code writes no text"),
        (9, "This code writes no text"),
    ]


def test_code_in_a_partial_is_doubted_at_the_line_of_the_partial():
    files = {PAGE: "# A\n\n\n<%= partial 'b' %>", "_b.md.erb": "---\na: 1\n---\nB\n<%= exit %>"}
    document = from_memory(files).documents[0]
    assert ("<%= exit %>", "_b.md.erb", 5) in lines(document)
    assert [(doubt.path, doubt.line) for doubt in document.doubts] == [("_b.md.erb", 1), ("_b.md.erb", 5)]


def test_a_tag_without_an_end_is_text_from_there_on():
    document = read("# A\n\n<%= partial 'b' %>\nC <%= 1 and <% more\n", b="B")
    assert lines(document)[1:] == [("B", "_b.md", 1), ("C <%= 1 and <% more", PAGE, 4)]
    assert [str(doubt) for doubt in document.doubts] == [
        f"{PAGE}:4: This “<%” has no “%>” after it, so it was kept as text."
    ]


def test_values_that_grow_are_refused_soon():
    page = f"---\ntitle: {'Words ' * 1000}\n---\n" + "<%= current_page.data.title %>" * 1000
    assert "more than 2,000,000 characters" in refusal(lambda: read(page))
