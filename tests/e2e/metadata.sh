#!/bin/sh
# What a bag keeps as catalog lines only is made again by get --restore-metadata, and compared by stock programs.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || { echo "metadata: skipped: needs root"; exit 77; }
mkdir -p tree/data/folder
cd tree/data
printf 'plain\n' > plain
chmod 640 plain
chown 1234:2345 plain
touch -d '2021-03-04 05:06:07.123456789 UTC' plain
printf 'suid\n' > suid
chmod 4755 suid
printf 'attributes\n' > attributed
if setfattr -n user.casebook -v 'two words' attributed 2> /dev/null; then xattrs=yes; else xattrs=no; fi
setfacl -m u:4321:r attributed 2> /dev/null && acl=yes || acl=no
ln -s ../../etc/passwd link
ln plain second
truncate -s 40M sparse
printf 'first' | dd of=sparse bs=1 seek=1000000 conv=notrunc 2> /dev/null
printf 'last' | dd of=sparse bs=1 seek=39000000 conv=notrunc 2> /dev/null
mkfifo fifo
chmod 610 fifo
mknod device c 1 3
chmod 2750 folder
cd ../..
casebook key new ada --no-passphrase > /dev/null 2>&1
expect 0 casebook collect --root tree --profile none --path '/data/**' --out ev

# Without the option: bytes only, in a file that is private to us.
expect 0 casebook get ev/B-1 /data/plain --out bare
[ "$(stat -c %a bare/plain)" = 600 ] || fail "mode without being asked"
expect 1 casebook get ev/B-1 /data/link --out bare
warns '--restore-metadata'
[ ! -e bare/link ] && [ ! -L bare/link ] || fail "a link was made unasked"

expect 0 casebook get ev/B-1 /data/plain /data/attributed /data/link /data/second /data/sparse /data/fifo /data/folder \
  /data/suid --restore-metadata --out again
warns 'set-id and sticky bits, on purpose'
same() { # same FORMAT FILE
  [ "$(stat -c "$1" "tree/data/$2")" = "$(stat -c "$1" "again/$2")" ] ||
    fail "$2: $(stat -c "$1" "again/$2") instead of $(stat -c "$1" "tree/data/$2")"
}
for file in plain attributed second sparse; do
  same '%a %u %g %s' $file
  same '%.Y' $file
  cmp "tree/data/$file" "again/$file" || fail "$file differs"
done
[ "$(stat -c %y again/plain)" = '2021-03-04 05:06:07.123456789 +0000' ] || [ "$(stat -c %.9Y again/plain)" = 1614834367.123456789 ] ||
  fail "not to the nanosecond"
[ "$(readlink again/link)" = ../../etc/passwd ] || fail "another link"
same '%u %g %F' link
same '%a %u %g %F' fifo
[ "$(stat -c '%a %F' again/folder)" = '750 directory' ] || fail "the folder"
[ "$(stat -c %a again/suid)" = 755 ] || fail "a set-user-id bit came back"
[ "$(stat -c %b again/sparse)" -lt 1000 ] || fail "the holes are filled: $(stat -c %b again/sparse) blocks"
if [ $xattrs = yes ]; then
  [ "$(getfattr --only-values -n user.casebook again/attributed 2> /dev/null)" = 'two words' ] || fail "attribute"
else
  echo "metadata: user attributes are not possible here"
fi
if [ $acl = yes ]; then
  getfacl -cp again/attributed 2> /dev/null | grep -q 'user:4321:r--' || fail "access list"
else
  echo "metadata: access lists are not possible here"
fi
# A device is listed and never made; what is there is never replaced.
expect 1 casebook get ev/B-1 /data/device --restore-metadata --out again
[ ! -e again/device ] || fail "a device was made"
expect 1 casebook get ev/B-1 /data/link --restore-metadata --out again
warns 'is there already'
expect 1 casebook get ev/B-1 /data/plain --restore-metadata --out again
echo "metadata: ok"
