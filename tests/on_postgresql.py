"""Which tests run on PostgreSQL too, each with what could differ there. All tests run on SQLite.

A test belongs here if it would fail where the database locks, orders, compares, counts, refuses or rolls back in
another way: what asks the database in new words is named here, what only shows what was read is not. A folder, a
file or one test ("tests/web/test_x.py::test_y"). `pytest --part=postgresql` runs these, as script/test does.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ON_POSTGRESQL_TOO = {
    "tests/admin/editing/test_conflicts.py": "locks on a row, two savers at once, a save of many rows undone whole",
    "tests/admin/editing/test_conflicts_of_rows.py": "the same, of an item's rows",
    "tests/admin/editing/test_history_view.py": "saves numbered by a window, restored in one transaction",
    "tests/admin/editing/test_what_is_recorded.py": "saves numbered by a window",
    "tests/admin/editing/test_typed_preview.py": "a save that is undone whole, under its lock",
    "tests/admin/grid/test_grid.py": "many rows written at once, under a lock; a search; queries counted",
    "tests/admin/imports/test_refusals.py": "NUL and text that is too long, which SQLite takes, out of files",
    "tests/admin/mailing/test_mailing.py": "weeks and people counted in SQL; keys that are never given again",
    "tests/admin/mailing/test_troubles.py": "rows grouped by a subquery and by a choice between two columns",
    "tests/admin/publish/test_discard.py": "rows deleted, made again and rolled back under the lock",
    "tests/admin/publish/test_drafts.py": "one draft for each person, by a constraint; rows replaced",
    "tests/admin/sign_in/test_at_once.py": "two who take the last of a share, or send one code, at the same time",
    "tests/admin/sign_in/test_limits.py": "rows made where there are none, updated under a lock; any text in a name",
    "tests/admin/sign_in/test_second_factor.py": "rows locked and removed; NUL in a code",
    "tests/admin/sign_in/test_sessions.py": "times compared, rows removed",
    "tests/admin/test_forms.py": "NUL and text that is too long in forms; unique values and constraints",
    "tests/admin/test_lists.py": "search, filters, counts and order in SQL; NUL in a search",
    "tests/admin/editing/test_order_views.py": "places written in bulk, editions found by a minimum; NUL in a form",
    "tests/admin/test_preview_link_views.py": "links revoked in one UPDATE, times compared, constraints of a link",
    "tests/admin/security/test_locks.py": "names compared without case, rows grouped and removed",
    "tests/admin/security/test_log_page.py": "days, search and filters in SQL; a row written in a savepoint",
    "tests/admin/test_permissions.py::test_the_roles_can_be_taken_back_and_made_again": "a migration undone",
    "tests/faults": "a server of its own, stopped and started; these run on no other database",
    "tests/keeping/test_backup.py": "rows read as of one moment, sequences",
    "tests/keeping/test_restored_mail.py": "mails made and given up while tables are made again",
    "tests/keeping/test_restore.py": "tables dropped and made in a transaction, COPY, references, sequences",
    "tests/keeping/test_tidy.py": "rows removed by what they are beside",
    "tests/keeping/test_upgrade.py": "migrations forwards with rows in every table",
    "tests/management/test_create_first_publisher.py": "a name that is taken, refused by a constraint",
    "tests/management/test_import_json.py": "a command that leaves nothing half done",
    "tests/management/test_publish.py": "a command that publishes in a transaction",
    "tests/models": "constraints, and the stage of an item as SQL",
    "tests/published": "history read in order by an expression, JSON",
    "tests/publishing": "locks, two connections, transactions, bulk writes",
    "tests/subscriptions": "rows that are lent to one at a time, constraints with nothing in them, two at once",
    "tests/techdocs/git/test_import_history.py::TestFortyCommits::test_what_is_committed_later_comes_in_later": "order",
    "tests/techdocs/git/test_import_history.py::TestWhoseHistory::test_two_at_once_do_not_mix": "one at a time",
    "tests/techdocs/test_apply.py": "bulk writes, constraints, all or nothing",
    "tests/test_immutability.py": "what a database refuses",
    "tests/test_no_leaks.py": "every public address asks all that it ever asks of the database",
    "tests/test_scripts.py::test_tests_run_on_the_database_that_was_asked_for": "that it is PostgreSQL",
    "tests/transfer": "bulk writes, JSON, locks, numbers and dates out and in",
    "tests/web/api/test_changes.py::test_what_an_edition_changed_is_sent_once_and_alone": "order of what changed",
    "tests/web/feeds/test_any_text.py": "any text there is, stored and read back",
    "tests/web/pages/test_withdrawn.py::test_what_comes_back_with_a_later_date_says_so_and_asks_why": "what was before",
    "tests/web/test_errors.py": "NUL in addresses and queries",
    "tests/web/test_every_page.py::test_many_roadmaps_and_editions_cost_no_more": "the number of queries",
    "tests/web/test_health.py": "migrations that are missing",
    "tests/web/test_restored_database.py": "editions that went and came back",
    "tests/working_copies": "milestones in bulk, positions",
}
# Of files that otherwise show what was read: the tests that ask or write in words of their own.
SOME_OF = {
    "tests/admin/publish/test_choices.py": {
        "test_a_reason_that_cannot_be_kept_is_refused_where_it_was_typed": "NUL in what a form sends",
    },
    "tests/admin/publish/test_edition_views.py": {
        "test_long_editions_are_folded_and_long_lists_paged": "editions counted and ordered",
        "test_the_list_costs_the_same_queries_whatever_its_length": "editions counted and ordered",
        "test_a_time_that_cannot_be_is_refused_and_kept": "NUL in a form",
        "test_a_scheduled_edition_is_cancelled_once_that_is_confirmed": "an edition withdrawn",
        "test_an_earlier_edition_is_restored_into_the_drafts_once_that_is_confirmed": "rows made again",
        "test_what_cannot_be_restored_is_said_and_nothing_changes": "rolled back whole",
    },
    "tests/admin/publish/test_views.py": {
        "test_what_was_saved_after_the_page_was_opened_stays_pending_and_is_named": "times compared",
        "test_what_somebody_else_published_is_said_and_the_rest_is_published": "two at once",
        "test_a_second_press_of_the_button_is_told_that_there_is_nothing": "two at once",
        "test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_published": "NUL in a form",
        "test_a_form_that_was_made_up_publishes_nothing_and_is_answered": "NUL in a form",
        "test_it_costs_the_same_queries_whatever_the_number_of_changes": "queries counted",
        "test_working_copies_are_read_once_to_publish_them_and_once_for_the_page_after": "queries counted",
    },
    "tests/admin/bulk/test_release_day_views.py": {
        "test_a_release_goes_live_in_one_action": "milestones in bulk",
        "test_bad_input_is_said_at_its_field_and_nothing_changes": "NUL in a form",
        "test_items_that_are_gone_are_refused_with_the_rest": "all or nothing",
        "test_what_somebody_changed_meanwhile_is_shown_again_and_nothing_changes": "all or nothing",
        "test_an_address_that_names_nothing_says_so": "numbers that no column holds",
        "test_the_screens_cost_the_same_whatever_the_number_of_items": "queries counted",
    },
    "tests/admin/bulk/test_move_views.py": {
        "test_items_move_to_a_release_of_their_roadmap": "rows written in bulk",
    },
    "tests/web/pages/test_at.py": {
        "test_a_day_ends_at_midnight_in_london": "moments compared in SQL, with time zones",
        "test_today_has_an_end_that_has_not_come": "moments compared in SQL",
        "test_an_item_that_came_later_and_went_says_so": "moments compared in SQL",
        "test_before_the_first_edition_it_says_when_that_was": "the first moment there is",
        "test_a_page_of_a_day_costs_three_queries_and_one_once_it_is_in_memory": "queries counted",
    },
    "tests/web/pages/test_corrections.py": {
        "test_a_corrected_entry_is_corrected_in_place_and_marked": "an expression: when it was corrected",
        "test_any_of_its_words_counts": "the same expression",
        "test_a_correction_stays_marked_whatever_changes_after_it": "the same expression",
        "test_a_correction_that_waits_is_not_told_yet": "the same expression",
        "test_a_correction_of_another_roadmap_is_not_marked_here": "the same expression",
        "test_the_mark_costs_no_query_of_its_own": "queries counted",
    },
}
ON_POSTGRESQL_TOO |= {f"{file}::{test}": why for file, tests in SOME_OF.items() for test, why in tests.items()}
_BELOW = tuple(f"{place}{mark}" for place in ON_POSTGRESQL_TOO for mark in ("/", "::", "["))


def is_chosen(nodeid: str) -> bool:
    return nodeid in ON_POSTGRESQL_TOO or nodeid.startswith(_BELOW)


def may_hold_chosen(path: Path) -> bool:
    """Whether a test of this file may be among them."""
    name = path.relative_to(ROOT).as_posix()
    return is_chosen(name) or any(place.startswith(f"{name}::") for place in ON_POSTGRESQL_TOO)


def lost() -> list[str]:
    """What is named here and is not there, so that a test which moves does not leave silently."""
    return [place for place in ON_POSTGRESQL_TOO if not _is_there(*place.split("::"))]


def _is_there(path: str, *names: str) -> bool:
    if not names:
        return (ROOT / path).exists()
    text = (ROOT / path).read_text("utf-8")
    return all(f"def {name}(" in text or f"class {name}:" in text for name in names)
