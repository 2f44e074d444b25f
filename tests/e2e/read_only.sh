#!/bin/sh
# A case on read-only media: all that reads works, all that writes says in one clear line what to do.
# docs/spec/compartment.md, section Read-only. Needs a mount namespace (root, or unprivileged ones).
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
unshare -rm true 2> /dev/null || { echo "read_only: skipped: no mount namespaces here"; exit 77; }
expect 0 casebook key new ada --no-passphrase
expect 0 casebook key new ben --no-passphrase
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
expect 0 me note add 'the quick brown marmoset' --case case
expect 0 me person add ben --with ben --case case
printf 'kept\n' > paper
expect 0 me add paper --case case --source 'a desk' --method 'by hand'
cp -r case logged
find case -type f -exec sha256sum {} + | sort > before

# --- on media that nobody can write
cat > reads <<'READS'
0 status
0 find marmoset
0 find marmoset --json
0 access list
0 access log
5 why close
0 deadlines
0 sitrep --preview
0 report custody --out custody
READS
cat > writes <<'WRITES'
note add more
import paper
add paper --source desk --method hand
access begin legal
access recovery --out page
person add cy
role legal ben
rotate
use --take
backup copy
sitrep
WRITES
cat > on_media <<'MEDIA'
set -eu
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
! touch "$1/x" 2> /dev/null
while read -r wanted line; do
  status=0
  # shellcheck disable=SC2086
  casebook $line --case "$1" --as ada > out 2> err < /dev/null || status=$?
  [ $status = "$wanted" ] || { echo "reading: $line: $status: $(cat err)" >&2; exit 1; }
done < reads
status=0
casebook verify "$1" --as ada > out 2> err < /dev/null || status=$?
[ $status = 3 ] || { echo "verify: $status: $(cat out err)" >&2; exit 1; }
! grep -q found out
grep -q 'unchecked general: the index of words' out
while read -r line; do
  status=0
  # shellcheck disable=SC2086
  casebook $line --case "$1" --as ada > out 2> err < /dev/null || status=$?
  [ $status = 1 ] && tr -s '\n ' ' ' < err | grep -q '^casebook: .*Read-only file system copy the folder' &&
    [ "$(wc -l < err)" -le 3 ] || { echo "writing: $line: $status: $(cat err)" >&2; exit 1; }
done < writes
MEDIA
unshare -rm sh on_media "$work/case" || fail 'on read-only media'
find case -type f -exec sha256sum {} + | sort > after
cmp before after || fail 'something was changed'

# --- a log that nobody emptied is not left out silently
printf 'x' > logged/vault/general.db-wal
cat > with_log <<'MEDIA'
set -eu
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
status=0
casebook find marmoset --case "$1" --as ada > out 2> err < /dev/null || status=$?
[ $status = 1 ] && tr -s '\n ' ' ' < err | grep -q 'last changes are in a log beside it'
MEDIA
unshare -rm sh with_log "$work/logged" || fail 'a log on read-only media'

# --- the copy on a disk is a case like any other
expect 0 me note add 'back again' --case case
expect 0 me find again --case case
says 'back again'
echo "read_only: ok"
