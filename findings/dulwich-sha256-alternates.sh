#!/usr/bin/env bash
# dulwich 1.2.21 reads a SHA-256 repository, and a SHA-1 clone that borrows its objects, but not a SHA-256 clone that does.
#
# Seen: `git clone --shared` names the other repository's objects in objects/info/alternates. dulwich opens that folder
# as `DiskObjectStore(path)`, without the object format of the repository that borrows from it, so as a SHA-1 store. It
# then answers "AssertionError: Invalid object name" for an id of 64 digits. git reads the same clone.
# Expected: the alternate is opened in the borrower's object format; git reads no alternate of another format anyway.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 with venv, and git 2.29 or later.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'dulwich==1.2.21'

export HOME="$work" GIT_CONFIG_NOSYSTEM=1
for format in sha1 sha256; do
  git init --quiet --object-format="$format" "$format"
  git -C "$format" -c user.name=A -c user.email=a@example.com commit --quiet --allow-empty --message=First
  git clone --quiet --no-checkout --shared "$format" "$format-shared"
  test "$(git -C "$format-shared" log --format=%s)" = First
done

cat >read.py <<'PYTHON'
from dulwich.repo import Repo

for name in ("sha1", "sha1-shared", "sha256", "sha256-shared"):
    with Repo(name) as repository:
        try:
            print(name, repository[repository.head()].message.decode().strip())
        except (AssertionError, KeyError, ValueError) as error:
            print(name, type(error).__name__, str(error).split(" b'")[0])
PYTHON
venv/bin/python read.py | tee seen
diff - seen <<'EXPECTED'
sha1 First
sha1-shared First
sha256 First
sha256-shared AssertionError Invalid object name
EXPECTED
