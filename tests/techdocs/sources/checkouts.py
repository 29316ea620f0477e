"""Invented checkouts of tech-docs repositories, each of another shape, as their teams would have written them."""

SETTINGS = """\
host: https://parcels.example.gov.uk
service_name: Parcel Tax roadmap
service_link: /
phase: Beta
header_links:
  Roadmap: /
redirects:
  old.html: new.html
ga_tracking_id: UA-1
"""
CONFIG = "require 'govuk_tech_docs'\n\nGovukTechDocs.configure(self)\n"
BESIDE = {
    "README.md": "# How to build this site\n\n`<%= exit %>` is not run.\n",
    "Gemfile": "gem 'govuk_tech_docs'\n",
    "config.rb": CONFIG,
    "config/tech-docs.yml": SETTINGS,
    "docs/decisions/0001-record.md": "# We record decisions\n",
    "lib/helpers.rb": "exit\n",
}
LAYOUT = "<% wrap_layout :layout do %><%= yield %><% end %>\n"
TERMS = "## What “depot” means\n\nA depot keeps parcels.\n\nWrite to [us](mailto:parcels@example.gov.uk).\n"

# One page, with all that a page may carry for the template.
PLAIN = {
    **BESIDE,
    "source/index.html.md.erb": """\
---
title: Parcel Tax roadmap
last_reviewed_on: 2023-02-31
review_in: 6 months
owner_slack:\t"#parcels"
hide_in_navigation: true
---

<%# Ask the depot team before you change this %>
<% content_for :head do %>
  <meta name="description" content="Not for readers">
<% end %>
<% content_for :sidebar do %>
<ul>
<% data.links.each do |link| %>
  <li><%= link_to link.title, link.url %></li>
<% end %>
</ul>
<% end %>
<%- analytics_id = config[:tech_docs][:ga_tracking_id] -%>
<%= google_analytics_tag analytics_id %>
<%= javascript_include_tag 'tables' %>
# <%= current_page.data.title %>

What parcel software can do at <%= config[:tech_docs][:host] %>.
<% set :layout, false %>
It goes on here.

<%= warning_text('Dates may change.') %>

## What “depot” means

See <%= link_to 'the terms', '/terms', class: 'govuk-link' %> and <%= mail_to "parcels@example.gov.uk", "the team" %>.

<%= image_tag 'depot.png', alt: 'A depot' %>

<%= yield_content :footer %>
""",
    "source/layouts/_header.erb": "<%= link_to 'Parcels', '/' %>",
    "source/layouts/custom.erb": LAYOUT,
    "source/layouts/notes.md": "# Not a page",
    "source/stylesheets/screen.css.scss": "$is-ie: false;",
}

# An index of nothing but partials, some of them with partials of their own; some called without an underscore.
PARTIALS = {
    **BESIDE,
    "source/index.html.md.erb": """\
---
title: Parcel Tax roadmap
---
<%= partial 'documentation/introduction' %>
<%= partial "documentation/terms", locals: { place: "a depot", size: size_of(:box) } %>
<%= render_partial 'documentation/analytics' %>
<%= partial 'documentation/planned/index', :locals => { :month => 'June 2027' } -%>
<%= partial(:'layouts/feedback') %>
""",
    "source/documentation/_introduction.md": "# Parcel Tax roadmap\n\nWhat parcel software can do.\n",
    "source/documentation/terms.md.erb": "## Terms\n\nParcels lie in <%= place %>, of <%= size %>.\n",
    "source/documentation/_analytics.html.erb": "<% content_for :scripts do %>\n<script>exit</script>\n<% end %>\n",
    "source/documentation/planned/_index.md.erb": "## Planned\n\n<%= partial 'documentation/planned/table' %>\n",
    "source/documentation/planned/table.md": "Change | Detail\n---|---\nWeigh | The weight of a parcel\n",
}

# Many pages in folders, ordered by weight.
PAGES = {
    **BESIDE,
    "source/index.html.md": f"---\nweight: 1\n---\n# Parcel Tax roadmap\n\nAll of it.\n\n{TERMS}",
    "source/released.html.md": "---\ntitle: Released\nweight: 30\nparent: index\n---\nWeigh parcels.\n",
    "source/backlog/index.html.md": "---\ntitle: Backlog\nweight: 20\n---\n# Backlog\n\nRefund parcels.\n",
    "source/backlog/later.html.md": "---\ntitle: Later\nweight: 25\n---\n\nCount parcels.\n",
}

# ERB everywhere: what is computed is kept as text.
COMPUTED = {
    **BESIDE,
    "data/depots.yml": "- name: North\n",
    "source/index.html.md.erb": f"""\
# Parcel Tax roadmap

There are <%= data.depots.size %> depots, as of <%= Date.today.strftime('%-d %B %Y') %>.

<%= link_to page.title, page.url %>

## Depots

Before.

<% data.depots.each do |depot| %>
### <%= depot.name %>

| Name | Town |
| ---- | ---- |
<% depot.towns.each do |town| %>| <%= town %> | open |
<% end %>
<% end %>

After.

<% if config[:tech_docs][:prevent_indexing] %>
This is a draft.
<% else %>
This is not a draft.
<% end %>

<ul><% [1, 2].each do |n| %><li><%= n %></li><% end %></ul>

<%= content_tag :div, class: 'wide' do %>

Wide words.

<% end %>

<%= make_a_link(
  "parcel-api", "weigh", "Weigh a parcel"
) %>

{TERMS}""",
}

# A specification is shown in place of a paragraph.
SPECIFICATION = {
    **BESIDE,
    "source/index.html.md.erb": f"# Parcel Tax roadmap\n\n{TERMS}",
    "source/reference/index.html.md.erb": """\
---
title: Reference
---

# <%= current_page.data["title"] %>

api> https://parcels.example.gov.uk/openapi.yml

api_schema> Parcel
""",
    "source/openapi.yml": "openapi: 3.0.0\n",
}

# A whole product, whose site stands in one of its folders.
PRODUCT = {
    "README.md": "# The product\n",
    "CHANGELOG.md": "# Changes of the product\n",
    "app/source/tax.md": "# Not a site\n",
    "config/routes.rb": "exit\n",
    "node_modules/left-pad/README.md": "# left-pad\n",
    "spec/fixtures/config/tech-docs.yml": "service_name: A trial\n",
    "spec/fixtures/source/index.html.md": "# A trial\n",
    **{f"docs/{path}": text for path, text in PARTIALS.items()},
}

# No template at all: Markdown beside what package managers have put there.
MARKDOWN = {
    "README.md": f"# Parcel Tax roadmap\n\nAll of it.\n\n{TERMS}",
    "package.json": "{}",
    "released.md": "# Released\n\nWeigh parcels.\n",
    **{f"node_modules/package-{number}/README.md": b"\xff Not ours" for number in range(250)},
    "vendor/bundle/ruby/gems/erb/README.md": b"\xff Not ours",
}

# As HMRC's own are: no index but a partial's, and pages that are partials of nothing.
DOCUMENTATION = {
    **BESIDE,
    "source/index.html.md.erb": """\
---
title: Parcel Tax roadmap
weight: 1
---

<%= partial 'documentation/index' %>
""",
    "source/documentation/index.md": f"What parcel software can do.\n\n{TERMS}",
    "source/documentation/in-test.html.md": "---\ntitle: In test\nweight: 2\n---\n# In test\n\nWeigh parcels.\n",
    "source/documentation/released.html.md": "---\ntitle: Released\nweight: 3\n---\n# Released\n\nPost parcels.\n",
    "source/images/depot.png": b"\x89PNG",
}

ALL = {
    "plain": PLAIN,
    "partials": PARTIALS,
    "pages": PAGES,
    "computed": COMPUTED,
    "specification": SPECIFICATION,
    "product": PRODUCT,
    "markdown": MARKDOWN,
    "documentation": DOCUMENTATION,
}
