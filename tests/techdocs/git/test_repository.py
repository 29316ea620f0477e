"""What kind of repository is read, what is refused, and that nothing in one is ever run."""

import os
import shutil
import subprocess
import zlib
from contextlib import closing
from hashlib import sha1

import pytest

from roadmap.models import Edition, Roadmap
from roadmap.techdocs.git import CommitFiles, HistoryRefused, UnreadableTree, open_repository, sandbox
from roadmap.techdocs.git.import_history import bring_in_history
from roadmap.techdocs.git.sandbox import Objects
from tests import make
from tests.techdocs.example_sources import PAGE
from tests.techdocs.git.repositories import ENVIRONMENT, Committed, add, git, repository

NOW = make.at("2026-06-01")
INDEX = "source/index.html.md"


def bring_in(folder):
    return list(bring_in_history(folder, slug="parcel-tax", clock=lambda: NOW))


def commits(count=3):
    return [Committed({INDEX: PAGE.replace("A depot", f"Depot {number}")}) for number in range(count)]


@pytest.fixture
def folder(tmp_path):
    return repository(tmp_path / "parcels", commits())


def refusal(folder):
    with pytest.raises(HistoryRefused) as caught:
        bring_in(folder)
    assert "\n" not in str(caught.value)
    assert not Roadmap.objects.exists()
    return str(caught.value)


@pytest.mark.django_db
class TestRefused:
    def test_what_is_not_there_or_no_folder(self, tmp_path):
        (tmp_path / "file").write_text("x")
        assert "does not exist" in refusal(tmp_path / "nowhere")
        assert "is not a folder" in refusal(tmp_path / "file")

    def test_a_folder_that_is_no_repository(self, tmp_path):
        (tmp_path / "index.md").write_text(PAGE)
        assert "is not a git repository" in refusal(tmp_path)

    def test_a_folder_inside_a_repository_is_not_taken_for_it(self, folder):
        (folder / "source").mkdir()
        assert "is not a git repository" in refusal(folder / "source")

    @pytest.mark.parametrize("content", ["gitdir: nowhere\n", "", "gitdir: /dev/zero\n", "x" * 100_000])
    def test_a_git_file_that_leads_nowhere(self, tmp_path, content):
        (tmp_path / ".git").write_text(content)
        assert "is not a git repository that can be read" in refusal(tmp_path)

    def test_a_bare_repository(self, folder, tmp_path):
        git(tmp_path, "clone", "--quiet", "--bare", str(folder), "bare")
        assert "is a bare repository" in refusal(tmp_path / "bare")
        git(folder, "config", "core.bare", "true")
        assert "is a bare repository" in refusal(folder)

    def test_a_shallow_clone(self, folder, tmp_path):
        git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{folder}", "shallow")
        assert "git fetch --unshallow" in refusal(tmp_path / "shallow")

    def test_a_partial_clone(self, folder, tmp_path):
        git(folder, "config", "uploadpack.allowFilter", "true")
        git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{folder}", "partial")
        assert "is a partial clone" in refusal(tmp_path / "partial")

    def test_what_is_missing_makes_a_clone_a_part_of_one_and_no_file_that_says_so(self, folder, tmp_path):
        git(folder, "config", "uploadpack.allowFilter", "true")
        for name, option in (("partial", "--filter=blob:none"), ("shallow", "--depth=2")):
            git(tmp_path, "clone", "--quiet", "--no-checkout", option, f"file://{folder}", name)
        for mark in (tmp_path / "partial/.git/objects/pack").glob("*.promisor"):
            mark.unlink()
        assert "is a partial clone" in refusal(tmp_path / "partial")
        (tmp_path / "shallow/.git/shallow").unlink()
        assert "git fsck" in refusal(tmp_path / "shallow")

    def test_an_empty_repository(self, tmp_path):
        git(tmp_path, "init", "--quiet")
        assert "is an empty repository" in refusal(tmp_path)

    def test_a_damaged_repository(self, folder):
        for pack in (folder / ".git/objects/pack").glob("*.pack"):
            pack.chmod(0o600)
            pack.write_bytes(pack.read_bytes()[:200])
        for loose in folder.glob(".git/objects/??/*"):
            loose.chmod(0o600)
            loose.write_bytes(b"")
        assert "git fsck" in refusal(folder)

    def test_a_settings_file_that_git_cannot_read(self, folder):
        (folder / ".git/config").write_text("[core\n")
        assert "is not a git repository that can be read" in refusal(folder)

    def test_where_git_is_not_installed(self, folder, monkeypatch):
        monkeypatch.setenv("PATH", "")
        assert "git is not installed" in refusal(folder)

    def test_a_file_that_lacks_in_one_commit_ends_it_there_and_what_came_before_stays(self, folder):
        lost = _as_loose(folder, git(folder, "rev-parse", f"HEAD~1:{INDEX}"))
        lost.unlink()
        with pytest.raises(HistoryRefused, match="git fsck"):
            bring_in(folder)
        assert [edition.number for edition in Edition.objects.all()] == [1]


def _as_loose(folder, name):
    """Unpacks everything, and returns the file of one object."""
    packs = folder / ".git/objects/pack"
    for pack in [*packs.glob("*.pack")]:
        content = pack.read_bytes()
        for part in packs.glob(f"{pack.stem}.*"):
            part.unlink()
        git(folder, "unpack-objects", "-q", given=content)
    return folder / ".git/objects" / name[:2] / name[2:]


@pytest.mark.django_db
class TestRead:
    def test_a_linked_worktree_and_its_own_head(self, folder, tmp_path):
        git(folder, "branch", "side", "HEAD~1")
        git(folder, "worktree", "add", "--quiet", "--no-checkout", str(tmp_path / "tree"), "side")
        assert len(bring_in(tmp_path / "tree")) == 2

    def test_a_repository_whose_ids_are_long(self, tmp_path):
        folder = repository(tmp_path / "long", commits(), sha="sha256")
        outcomes = bring_in(folder)
        assert [len(outcome.commit.name) for outcome in outcomes] == [64] * 3
        assert Edition.objects.count() == 3

    def test_a_clone_that_borrows_its_objects(self, folder, tmp_path):
        git(tmp_path, "clone", "--quiet", "--no-checkout", "--shared", str(folder), "shared")
        assert len(bring_in(tmp_path / "shared")) == 3

    @pytest.mark.parametrize("name", ["--upload-pack=x", "a b ", "ö\n", ":(glob)*"])
    def test_a_folder_with_any_name(self, tmp_path, name, monkeypatch):
        repository(tmp_path / name, commits(1))
        assert len(bring_in(tmp_path / name)) == 1

    def test_a_whole_clone_in_which_something_says_that_it_is_a_part(self, folder):
        git(folder, "repack", "-adq")
        for pack in (folder / ".git/objects/pack").glob("*.pack"):
            pack.with_suffix(".promisor").write_text("")
        (folder / ".git/shallow").write_text(git(folder, "rev-parse", "HEAD~1") + "\n")
        assert len(bring_in(folder)) == 3

    def test_a_partial_clone_that_lacks_only_what_is_not_read(self, tmp_path):
        pictures = {"source/a.png": b"\x89PNG" * 5000, "app/b.md": "# Not of the site" * 500}
        folder = repository(tmp_path / "whole", [Committed({**pictures, **commit.files}) for commit in commits()])
        git(folder, "config", "uploadpack.allowFilter", "true")
        git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:limit=5000", f"file://{folder}", "partial")
        assert len(bring_in(tmp_path / "partial")) == 3

    def test_nothing_is_written_into_it(self, folder):
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        bring_in(folder)
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.django_db
class TestNothingIsRun:
    """Every place where git would run a command of the repository's is filled with one that leaves a file behind."""

    @pytest.fixture
    def mark(self, folder, tmp_path):
        mark = tmp_path / "was-run"
        script = tmp_path / "script"
        script.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        script.chmod(0o755)
        for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
            shutil.copy(script, folder / ".git/hooks" / hook)
        for name, value in {
            "core.fsmonitor": script,
            "core.hooksPath": folder / ".git/hooks",
            "core.pager": script,
            "core.sshCommand": script,
            "core.gitProxy": script,
            "core.alternateRefsCommand": script,
            "core.askPass": script,
            "credential.helper": f"!{script}",
            "diff.external": script,
            "diff.md.textconv": script,
            "diff.md.command": script,
            "filter.md.smudge": script,
            "filter.md.clean": script,
            "filter.md.process": script,
            "filter.md.required": "true",
            "gpg.program": script,
            "log.showSignature": "true",
            "alias.cat-file": f"!{script}",
            "alias.rev-list": f"!{script}",
            "protocol.allow": "always",
            "protocol.ext.allow": "always",
        }.items():
            git(folder, "config", name, str(value))
        (folder / ".git/info/attributes").write_text("* filter=md diff=md\n")
        return mark

    def test_no_hook_filter_or_other_command_of_its_settings(self, folder, mark):
        add(folder, [Committed({INDEX: PAGE, ".gitattributes": "* filter=md diff=md\n"})])
        assert mark.exists()  # by a hook, as one would be
        mark.unlink()
        assert len(bring_in(folder)) == 4
        assert not mark.exists()

    @pytest.mark.parametrize("url", ["ext::{script}", "{folder}", "ssh://example.invalid/x", "file://{folder}"])
    def test_nothing_is_fetched_where_objects_are_missing(self, folder, mark, tmp_path, url):
        lost = _as_loose(folder, git(folder, "rev-parse", f"HEAD:{INDEX}"))
        lost.unlink()
        script = tmp_path / "script"
        settings = {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.url": url.format(script=script, folder=folder),
            "remote.origin.uploadpack": str(script),
            "remote.origin.partialCloneFilter": "blob:none",
        }
        for name, value in settings.items():
            git(folder, "config", name, value)
        # It would be run: otherwise this test would show nothing.
        asking = ["git", "cat-file", "-p", f"HEAD:{INDEX}"]
        subprocess.run(asking, cwd=folder, env=ENVIRONMENT, capture_output=True, timeout=30, check=False)
        assert mark.exists()
        mark.unlink()
        with pytest.raises(HistoryRefused, match="git fsck"):
            bring_in(folder)
        assert not mark.exists()

    def test_no_variable_of_ours_reaches_git(self, folder, mark, tmp_path, monkeypatch):
        for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_ASKPASS", "PAGER"):
            monkeypatch.setenv(name, str(tmp_path / "script"))
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
        assert len(bring_in(folder)) == 3
        assert not mark.exists()

    def test_replaced_objects_are_not_shown_for_those_that_were_committed(self, folder):
        first, second = (git(folder, "rev-parse", f"HEAD~{number}") for number in (2, 1))
        git(folder, "replace", first, second)
        [outcome, *_] = bring_in(folder)
        assert outcome.commit.name == first
        assert "Depot 0" in Edition.objects.get(number=1).revisions.get(address__contains="depot").content


class TestTrees:
    """Trees that git itself would not write."""

    def files(self, folder, entries, depth=0, only=()):
        tree = _written(folder, "tree", b"".join(entries))
        for _ in range(depth):
            tree = _written(folder, "tree", b"40000 a\0" + bytes.fromhex(tree))
        commit = _written(
            folder, "commit", f"tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n".encode()
        )
        with open_repository(folder) as opened:
            return [*CommitFiles(opened, opened.commit(commit), only)]

    @pytest.fixture
    def blob(self, folder):
        return bytes.fromhex(_written(folder, "blob", b"# A"))

    def test_an_honest_one(self, folder, blob):
        entries = [b"100644 a.md\0" + blob, b"100755 b.md\0" + blob, b"120000 c.md\0" + blob, b"100644 .d.md\0" + blob]
        assert self.files(folder, entries) == ["a.md", "b.md"]

    @pytest.mark.parametrize("name", [b"..", b".", b"", b"a/b.md", b"../../etc/passwd"])
    def test_names_that_lead_elsewhere(self, folder, blob, name):
        with pytest.raises(UnreadableTree, match="that git would not"):
            self.files(folder, [b"100644 " + name + b"\0" + blob])

    def test_two_files_of_one_name(self, folder, blob):
        with pytest.raises(UnreadableTree, match="that git would not"):
            self.files(folder, [b"100644 a.md\0" + blob] * 2)

    @pytest.mark.parametrize("cut", [1, 5, 19, 21, 25])
    def test_a_list_that_is_cut(self, folder, blob, cut):
        with pytest.raises(UnreadableTree, match="damaged"):
            self.files(folder, [b"100644 a.md\0" + blob, (b"100644 b.md\0" + blob)[:-cut]])

    def test_too_many_files(self, folder, blob):
        with pytest.raises(UnreadableTree, match="5,000 files"):
            self.files(folder, [b"100644 %d.md\0" % number + blob for number in range(5001)])

    def test_what_lies_elsewhere_is_not_looked_into(self, folder, blob):
        many = _written(folder, "tree", b"".join(b"100644 %d.md\0" % number + blob for number in range(5001)))
        few = _written(folder, "tree", b"100644 a.md\0" + blob)
        entries = [b"40000 %s\0" % name + bytes.fromhex(tree) for name, tree in ((b"few", few), (b"many", many))]
        assert self.files(folder, entries, only=("few",)) == ["few/a.md"]
        assert self.files(folder, entries, only=("few/a.md", "fe")) == ["few/a.md"]
        assert self.files(folder, entries, only=("fe",)) == []

    def test_a_folder_list_without_end(self, folder, blob):
        with pytest.raises(UnreadableTree, match="more files than are read"):
            self.files(folder, [b"100644 %s\0" % (b"x" * 1_000_000) + blob])

    def test_folders_too_deep(self, folder, blob):
        assert self.files(folder, [b"100644 a.md\0" + blob], depth=30) == ["a/" * 30 + "a.md"]
        with pytest.raises(UnreadableTree, match="30 deep"):
            self.files(folder, [b"100644 a.md\0" + blob], depth=31)

    def test_names_that_are_not_utf_8_are_read_and_shown(self, folder, blob):
        assert len(self.files(folder, [b"100644 \xff.md\0" + blob])) == 1


def _written(folder, kind, content):
    """The id of an object, whatever is in it."""
    whole = f"{kind} {len(content)}\0".encode() + content
    name = sha1(whole, usedforsecurity=False).hexdigest()
    path = folder / ".git/objects" / name[:2] / name[2:]
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(zlib.compress(whole))
    return name


class TestBounds:
    def test_a_file_larger_than_is_read_is_refused_before_it_is_unpacked(self, folder):
        huge = _written(folder, "blob", b"\0" * 600_000)
        # Only its head is there: whoever unpacks it meets the end.
        path = folder / ".git/objects" / huge[:2] / huge[2:]
        path.write_bytes(zlib.compress(b"blob 10000000000\0" + b"\0" * 100_000)[:60])
        with open_repository(folder) as opened, pytest.raises(sandbox.TooLarge) as caught:
            opened.objects.read(huge, "blob", at_most=500_000)
        assert caught.value.args == (10_000_000_000,)

    def test_git_that_does_not_answer_is_not_waited_for(self, folder, tmp_path, monkeypatch):
        fake = tmp_path / "bin" / "git"
        fake.parent.mkdir()
        fake.write_text(f"#!/bin/sh\nexec '{shutil.which('sleep')}' 1000\n")
        fake.chmod(0o755)
        monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.2)
        monkeypatch.setattr(sandbox, "MAX_SECONDS_OF_AN_OBJECT", 0.2)
        monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(HistoryRefused, match="too long"), open_repository(folder):
            pass
        with closing(Objects(folder / ".git", folder / ".git/objects")) as objects, pytest.raises(sandbox.GitFailed):
            objects.read("1" * 40, "blob", at_most=1)

    def test_git_that_answers_without_end_is_not_listened_to(self, folder, tmp_path, monkeypatch):
        fake = tmp_path / "bin" / "git"
        fake.parent.mkdir()
        fake.write_text("#!/bin/sh\nexec yes\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(HistoryRefused, match="more than was asked"), open_repository(folder):
            pass

    def test_its_process_ends_with_it(self, folder):
        with open_repository(folder) as opened:
            process = opened.objects._git.process
            assert process.poll() is None
            # Ctrl-C goes to all processes of a session: this one lasts until we end.
            assert os.getsid(0) != os.getsid(process.pid)
        assert process.poll() is not None

    def test_what_is_too_large_or_of_another_kind_is_passed_over_and_the_next_is_read(self, folder):
        long, short = _written(folder, "blob", b"long " * 100_000), _written(folder, "blob", b"short")
        with open_repository(folder) as opened:
            with pytest.raises(sandbox.TooLarge):
                opened.objects.read(long, "blob", at_most=10)
            with pytest.raises(sandbox.NoSuchObject):
                opened.objects.read(long, "tree", at_most=1_000_000)
            with pytest.raises(sandbox.NoSuchObject):
                opened.objects.read("1" * 40, "blob", at_most=10)
            assert opened.objects.read(short, "blob", at_most=10) == b"short"
            assert opened.objects.read(long, "blob", at_most=1_000_000) == b"long " * 100_000
