#!/bin/sh
# A hostile host: names, environment, libraries, locale. Nothing of it reaches the terminal or changes the bag.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree
evil=$(printf 'evil\033]0;owned\007\n\342\200\256name')
printf 'x\n' > "tree/var/log/$evil"
printf 'x\n' > 'tree/var/log/-rf [a,b]'
casebook key new ada --no-passphrase > /dev/null 2>&1
expect 0 casebook collect --root tree --profile none --path '/var/log/**' --out ev
no_control_bytes
expect 0 casebook ls ev/B-1
no_control_bytes
says 'evil\x1b]0;owned'
expect 0 casebook verify ev/B-1
no_control_bytes
expect 0 casebook get ev/B-1 '/var/log/-rf [a,b]' --out shown
expect 0 casebook ls ev/B-1 --json
no_control_bytes
jq -e '.entries | length >= 4' out > /dev/null || fail "not JSON"

# The static collector loads nothing and minds nothing of the host.
recipient=$(cat "$XDG_CONFIG_HOME/casebook/keys/ada.age-recipient")
[ -z "$(LC_ALL=C readelf -l "$bin/casebook-collect" | grep INTERP || true)" ] || fail "casebook-collect needs a loader"
# Unoptimised and sanitized builds are larger than what is given out.
if [ "${CASEBOOK_BUILD_TYPE:-Release}" = Release ]; then
  [ "$(stat -c %s "$bin/casebook-collect")" -lt 8388608 ] || fail "casebook-collect is not under 8 MiB"
fi
printf 'openssl_conf = x\n[x]\nproviders = p\n[p]\nevil = e\n[e]\nmodule = /tmp/evil.so\nactivate = 1\n' > evil.cnf
printf 'not a library\n' > evil.so
expect 0 env -i OPENSSL_CONF="$work/evil.cnf" OPENSSL_MODULES="$work" LD_PRELOAD="$work/evil.so" PATH="$work" \
  LC_ALL=tr_TR.UTF-8 HOME=/nonexistent \
  "$bin/casebook-collect" --root tree --profile logs --to "$recipient" --out .
says 'COMPLETE'
if command -v strace > /dev/null; then
  strace -f -e trace=open,openat,execve -o trace env -i OPENSSL_CONF="$work/evil.cnf" LD_PRELOAD="$work/evil.so" \
    "$bin/casebook-collect" --root tree --profile logs --to "$recipient" --out . > /dev/null
  ! grep -v execve trace | sed -n '/casebook-collect/,$p' | grep -q 'evil.cnf\|openssl.cnf' || fail "it read a configuration"
fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p empty
  cp "$bin/casebook-collect" empty/
  expect 0 chroot empty /casebook-collect --profile logs --to "$recipient" --out /
  says 'COMPLETE'
else
  echo "hostile: skipped: chroot needs root"
fi
echo "hostile: ok"
