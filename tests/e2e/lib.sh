# Shared by the end-to-end scripts. usage: . lib.sh BIN_DIR SOURCE_DIR
# Each script gets a fresh folder, a home of its own and no terminal.
bin=$1
top=$2
PATH=$bin:$PATH
export PATH
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
HOME=$work/home
XDG_CONFIG_HOME=$work/config
export HOME XDG_CONFIG_HOME
unset SSH_AUTH_SOCK COLUMNS
mkdir -p "$HOME"
cd "$work" || exit 1

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  [ ! -f "$work/out" ] || sed 's/^/  out: /' "$work/out" >&2
  [ ! -f "$work/err" ] || sed 's/^/  err: /' "$work/err" >&2
  exit 1
}
expect() { # expect STATUS COMMAND...: runs it, keeps out and err
  wanted=$1
  shift
  got=0
  "$@" > "$work/out" 2> "$work/err" < /dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "status $got instead of $wanted: $*"
}
says() { grep -qF -- "$1" "$work/out" || fail "output lacks: $1"; }
says_wrapped() { tr -s '\n ' ' ' < "$work/out" | grep -qF -- "$1" || fail "output lacks: $1"; }
warns() { grep -qF -- "$1" "$work/err" || fail "errors lack: $1"; }
one_clear_line() { # at most three lines: what, where, what to do
  [ "$(wc -l < "$work/err")" -le 3 ] || fail "more than three lines"
  grep -q '^casebook: ' "$work/err" || fail "no refusal"
}
no_control_bytes() { # in what a terminal would get
  if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$work/out" "$work/err"; then fail "control bytes reached the terminal"; fi
}
change_byte() { # change_byte FILE OFFSET: to another one, whatever it was
  was=$(od -An -tu1 -j"$2" -N1 "$1")
  # shellcheck disable=SC2059
  printf "\\$(printf %o $(((was + 1) % 256)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
small_tree() { # small_tree DIR: a little host
  mkdir -p "$1/var/log" "$1/etc" "$1/root"
  printf 'Nov 21 02:00 login root\n' > "$1/var/log/auth.log"
  printf 'installed something\n' > "$1/var/log/dpkg.log"
  printf 'root:x:0:0:root:/root:/bin/sh\n' > "$1/etc/passwd"
  printf 'root:$6$secret:1:0:99999:7:::\n' > "$1/etc/shadow"
  printf 'web-03\n' > "$1/etc/hostname"
}
is() { # is PERSON COMMAND...: as that person, whose keys are in the same home
  who=$1
  shift
  casebook "$@" --as "$who"
}
as() { # as PERSON COMMAND...: with that person's keys
  person=$1
  shift
  XDG_CONFIG_HOME=$work/config-$person "$@"
}
