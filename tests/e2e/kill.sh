#!/bin/sh
# Killed at 50 random moments the collector leaves a readable bag that says it is unsealed, or a good one.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p tree/var/log
i=0
while [ $i -lt 400 ]; do
  head -c 100000 /dev/urandom > "tree/var/log/file$i.log"
  i=$((i + 1))
done
seed=${CASEBOOK_TEST_SEED:-$(date +%s)}
echo "kill: seed $seed"
run() { # run DIR: one whole collection
  "$bin/casebook-collect" --root tree --profile none --path '/var/log/**' --unencrypted --out "$1" > /dev/null 2>&1
}
mkdir whole
began=$(date +%s%N)
run whole || fail "the collector does not work here"
span=$((($(date +%s%N) - began) / 1000000))
echo "kill: one run takes $span ms"
cut=0
round=0
while [ $round -lt 50 ]; do
  mkdir "run$round"
  delay=$(awk -v seed="$seed" -v n="$round" -v span="$span" \
    'BEGIN { srand(seed + n * 7919); printf "%.3f", rand() * span / 1000 }')
  "$bin/casebook-collect" --root tree --profile none --path '/var/log/**' --unencrypted --out "run$round" > /dev/null 2>&1 &
  child=$!
  sleep "$delay"
  kill -9 $child 2> /dev/null || true
  wait $child 2> /dev/null || true
  for bag in "run$round"/*/; do
    [ -d "$bag" ] || continue
    if [ -f "$bag/seal.json" ]; then
      expect 3 casebook verify "$bag"
      continue
    fi
    cut=$((cut + 1))
    got=0
    casebook verify "$bag" > out 2> err || got=$?
    case $got in 1 | 3) ;; *) fail "an unsealed bag gave status $got" ;; esac
    grep -q 'unsealed\|never sealed\|seal' out err || fail "it does not say that it is unsealed"
    archive=$(ls "$bag"bag.tar.zst* 2> /dev/null | head -n 1)
    if [ -n "$archive" ] && [ "$(stat -c %s "$archive")" -gt 0 ]; then
      zstd -dcq "$archive" 2> /dev/null | tar t > names 2> /dev/null || true
    fi
  done
  rm -rf "run$round"
  round=$((round + 1))
done
[ $cut -gt 0 ] || fail "no run was cut: the tree is too small for this machine"
echo "kill: ok, $cut of 50 were cut before the seal"
