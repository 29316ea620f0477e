#!/usr/bin/env bash
# Redcarpet 3.5.1 (Debian 12's; the renderer of the GOV.UK tech-docs template) reads a table's cell otherwise than GitHub does:
# `\|` ends the cell, what then comes after the last column is dropped, and an HTML comment is shown to readers as text.
#
# Seen: of "| a\|b | c |" under two headings the cells are "a\" and "b", and "c" is nowhere. "x <!-- note -->" in a cell or a
# paragraph is escaped and shown to readers as text, while the same comment on a line of its own is an HTML comment.
# Expected, as GitHub's tables and markdown-it do it: `\|` is a bar within the cell, and a comment is no text anywhere.
# What works instead: `&#124;` for a bar, and nothing at all for a comment.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs Debian 12 with its own ruby (3.1).
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq ruby-redcarpet=3.5.1-1+b4 >/dev/null 2>&1
dpkg-deb -x ruby-redcarpet_*.deb .

cat >render.rb <<'RUBY'
require "redcarpet"
abort "another version: #{Redcarpet::VERSION}" unless Redcarpet::VERSION == "3.5.1"
markdown = Redcarpet::Markdown.new(Redcarpet::Render::HTML, tables: true, fenced_code_blocks: true, no_intra_emphasis: true)
head = "| One | Two |\n| --- | --- |\n"
[head + "| a\\|b | c |\n", head + "| a&#124;b | c |\n", head + "| x <!-- note --> | y |\n", "x\n\n<!-- note -->\n"].each do |text|
  puts markdown.render(text).gsub(/<thead>.*<\/thead>/m, "").gsub(/\s*\n\s*/, "")
end
RUBY
gems="$(echo usr/lib/*-linux-gnu*/rubygems-integration/3.1.0)"
/usr/bin/ruby -I "$gems"/gems/redcarpet-3.5.1/lib -I "$(echo "$gems"/extensions/*/3.1.0/redcarpet-3.5.1)" render.rb | tee seen
diff - seen <<'EXPECTED'
<table><tbody><tr><td>a\</td><td>b</td></tr></tbody></table>
<table><tbody><tr><td>a&#124;b</td><td>c</td></tr></tbody></table>
<table><tbody><tr><td>x &lt;!-- note --&gt;</td><td>y</td></tr></tbody></table>
<p>x</p><!-- note -->
EXPECTED
