"""What a review tells of as HTML: its groups, each with its things. There are hundreds of them, and a template would
spend most of the page's time on these; all that is there once is in templates/admin/publish/.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from roadmap.admin.editing.text_diff import Compared, Run, TextRow
from roadmap.admin.publish.groups import ReviewedThing, ThingsTogether
from roadmap.content.choices import Noun
from roadmap.templatetags.uk_dates import uk_datetime


def quiet(text: str) -> str:
    return f'<span class="quiet">{text}</span>'


def unseen(text: str) -> str:
    """For those who hear the page: which of many this is about."""
    return f'<span class="visually-hidden">{text}</span>'


class GroupsHtml:
    """Each part is escaped as it is written."""

    def __init__(self, *, is_for_reading: bool, may_discard: bool):
        """`is_for_reading`: for somebody who decides nothing."""
        self.is_for_reading, self.may_discard = is_for_reading, may_discard

    def groups(self, groups: Iterable[ThingsTogether]) -> SafeString:
        return SafeString("\n".join(map(self._group, groups)))

    def _group(self, group: ThingsTogether) -> str:
        name, heading = escape(group.name), escape(group.heading)
        return (
            f'<section class="module review-group" id="group-{name}" aria-labelledby="name-of-{name}">'
            f'<div class="review-group-head"><h2 id="name-of-{name}">{heading} ({group.count})</h2>'
            f"{self._together(group)}</div>"
            f'<details class="review-fold" data-name="{name}"{_open(group)}>'
            f"<summary>{escape(group.told)}{unseen(f' ({heading})')}</summary>"
            f"{''.join(map(self._line, group.lines))}</details></section>"
        )

    def _line(self, line: ThingsTogether) -> str:
        things = "\n".join(map(self._thing, line.things))
        if not line.heading:
            return things
        name, state = escape(line.name), line.state
        return (
            f'<details class="review-fold review-line" data-name="{name}" id="group-{name}"{_open(line)}>'
            f"<summary>{escape(line.heading)}{' ' + quiet(f'({escape(state)})') if state else ''}</summary>"
            f"{self._together(line)}{things}</details>"
        )

    def _together(self, together: ThingsTogether) -> str:
        """What is decided for several at once: the page comes back with it done."""
        if together.count < 2 or self.is_for_reading:
            return ""
        name, of = escape(together.name), unseen(f" ({escape(together.heading)})")
        acts = "".join(
            f'<button type="submit" name="action" value="{escape(value)}" formaction="#group-{name}" class="button">'
            f"{words}{of}</button>"
            for value, words in together.offers
        )
        if self.may_discard:
            acts += (
                f'<button type="submit" name="action" value="discard:{name}" class="button">Discard all{of}</button>'
            )
        return f'<p class="review-together">{acts}</p>'

    def _thing(self, thing: ReviewedThing) -> str:
        pending, uid, title = thing.pending, escape(thing.pending.uid), escape(thing.pending.title)
        state = f"{'' if thing.is_in else ' review-thing--out'}{' errors' if thing.errors else ''}"
        tags = [f"{name} agreed" if is_same else f"Changed since {name} agreed" for name, is_same in thing.agreed]
        if pending.is_removal or pending.is_new:
            tags = ["To be withdrawn" if pending.is_removal else "New", *tags]
        head = f" {quiet(escape(pending.address))}" if pending.noun is Noun.ITEM else ""
        head += "".join(f' <strong class="review-tag">{escape(tag)}</strong>' for tag in tags)
        if thing.since:
            head += f' <strong class="review-tag review-tag--since">{escape(thing.since)}</strong>'
        nothing = "Nothing but its title yet." if pending.is_new else "No difference that readers are told of."
        changes = "".join(map(self._change, thing.changes))
        errors = "".join(f'<p class="review-error">{escape(error)}</p>' for error in thing.errors)
        return (
            f'<div class="review-thing{state}" id="thing-{uid}"><h3>{title}{head}</h3>'
            f'{errors}<p class="review-choices">{self._choices(thing, uid, title)}</p>'
            + (f'<ul class="review-changes">{changes}</ul>' if changes else f'<p class="quiet">{nothing}</p>')
            + "".join(map(_overlap, thing.overlaps))
            + "</div>"
        )

    def _choices(self, thing: ReviewedThing, uid: str, title: str) -> str:
        is_news, of = thing.pending.is_news, unseen(f" “{title}”")
        parts = []
        if not self.is_for_reading:
            parts.append(
                f'<label><input type="checkbox" name="publish" value="{uid}" id="publish-{uid}"{_checked(thing.is_in)}>'
                f" Publish{of}</label>"
            )
            if is_news:
                parts.append(
                    f'<label><input type="checkbox" name="minor" value="{uid}"{_checked(thing.is_minor)}>'
                    f" Minor: do not announce{of}</label>"
                )
        if not is_news:
            parts.append("<span>No news: readers see the same words</span>")
        if thing.marked_by:
            parts.append(quiet(f"{escape(thing.marked_by)} called it minor"))
        if thing.preview_url:
            parts.append(f'<a href="{escape(thing.preview_url)}">Preview{of}</a>')
        if thing.edit_url and not thing.pending.is_removal:
            parts.append(f'<a href="{escape(thing.edit_url)}">Edit{of}</a>')
        if self.may_discard:
            parts.append(
                f'<button type="submit" name="action" value="discard:{uid}" class="review-discard">Discard this change'
                f"{unseen(f' to “{title}”')}</button>"
            )
        return "".join(parts)

    def _change(self, change: dict[str, Any]) -> str:
        told = escape(change["sentence"])
        if change["reason"] and not self.is_for_reading:
            told += _reason(change["reason"])
        if change["texts"]:
            told += texts_html(change["texts"], is_new=change["is_new_text"])
        return f"<li>{told}</li>"


def _open(together: ThingsTogether) -> str:
    return " open" if together.is_open else ""


def _checked(is_checked: bool) -> str:
    return " checked" if is_checked else ""


def _reason(reason: dict[str, Any]) -> str:
    name, error, wrong, described = escape(reason["name"]), "", "", ""
    if reason["error"]:
        error = f'<p class="review-error" id="{name}:error">{escape(reason["error"])}</p>'
        wrong, described = " errors", f' aria-invalid="true" aria-describedby="{name}:error"'
    needed = " data-needed" if reason["is_needed"] else ""
    return (
        f'<div class="review-reason{wrong}">{error}<label for="{name}">{escape(reason["label"])}</label>'
        f'<input type="text" name="{name}" id="{name}" value="{escape(reason["value"])}" class="vTextField"'
        f"{described}{needed}></div>"
    )


def _overlap(overlap: dict[str, Any]) -> str:
    """What publishing this does to an edition that waits for its time and changes the same thing."""
    edition, told = overlap["edition"], []
    if overlap["is_dropped_by"]:
        told.append("If you publish this, that edition does not bring it back: it stays withdrawn.")
    else:
        if overlap["early"]:
            early = "; ".join(overlap["early"])
            told.append(
                f"If you publish this, readers see what that edition holds of it at once: {early}. Leave it out to "
                "keep that for then."
            )
        if overlap["withdraws"]:
            told.append("That edition withdraws it when it appears.")
        elif overlap["still"]:
            told.append(
                f"When that edition appears, it still changes: {'; '.join(overlap['still'])}. Everything else stays as "
                "you publish it here."
            )
        else:
            told.append(
                "Nothing of this is then left for that edition to change. An edition with nothing left at all is "
                "cancelled."
            )
    when = escape(uk_datetime(edition.published_at))
    lines = "".join(f"<li>{escape(line)}</li>" for line in told)
    return (
        f'<div class="review-note"><p>Edition {edition.number}, scheduled for {when}, changes this too.</p>'
        f"<ul>{lines}</ul></div>"
    )


# Two texts side by side; of a new thing, its text


def texts_html(texts: Compared, *, is_new: bool) -> SafeString:
    if is_new:
        runs = (run for row in (*texts.first, *texts.rest) for run in row.right)
        shown = "".join(f'<span class="review-text">{escape(run.text)}</span>' for run in runs)
        return SafeString(
            f'<details class="review-texts review-fold"><summary>Show the text</summary>{shown}</details>'
        )
    rest = "".join(map(_row, texts.rest))
    if rest:
        rest = f'<details class="review-fold"><summary>Show the rest of the text</summary>{rest}</details>'
    return SafeString(f'<div class="review-texts">{"".join(map(_row, texts.first))}{rest}</div>')


def _row(row: TextRow) -> str:
    """What both texts have, or what the one has in place of the other."""
    if not row.same:
        return (
            f'<div class="review-row">{_side("Readers have", row.left, "del", "removed")}'
            f"{_side('To be published', row.right, 'ins', 'added')}</div>"
        )
    words = escape(row.same_words)
    if row.is_folded:
        return (
            f'<details class="review-fold review-same"><summary>{row.same_lines} lines as they were</summary>'
            f'<div class="review-text">{words}</div></details>'
        )
    return f'<div class="review-same review-text">{words}</div>' if words else ""


def _side(name: str, runs: Iterable[Run], mark: str, word: str) -> str:
    """The marks are said too, for those who do not see them."""
    said = "".join(
        f"<{mark}>{unseen(f' [{word}: ')}{escape(run.text)}{unseen('] ')}</{mark}>"
        if run.is_marked
        else escape(run.text)
        for run in runs
    )
    said = f'<div class="review-text">{said}</div>' if said else '<div class="quiet">Nothing here</div>'
    return f'<div class="review-side"><strong class="review-side-name">{name}</strong>{said}</div>'
