#!/bin/sh
# A sealed bag of this machine's own, changed at random places: both verifiers refuse every change.
# usage: real_bag.sh BIN_DIR SOURCE_DIR     CASEBOOK_TEST_SEED repeats a run.
# CASEBOOK_MUTATIONS (120) changes for our verifier, of which every tenth is put before the stock script.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
mutations=${CASEBOOK_MUTATIONS:-120}
seed=${CASEBOOK_TEST_SEED:-$(date +%s)}
echo "mutation: seed $seed"
casebook key new ada --no-passphrase > /dev/null 2>&1
# Small, because every change is checked over the whole of it.
got=0
casebook collect --profile logs --max-bytes 16M --max-time 60s --reserve 64M --out ev > out 2> err || got=$?
case $got in 0 | 3) ;; *) fail "no bag of this machine" ;; esac
bag=ev/B-1
casebook key show "$bag" > id 2> err
chmod 600 id
archive=$bag/bag.tar.zst.age
echo "mutation: a bag of $(jq .catalog.entries "$bag/seal.json") entries, $(stat -c %s "$archive") bytes"
judge() { # judge COMMAND...: its exit status, quietly
  status=0
  "$@" > out 2> err < /dev/null || status=$?
}
stock() { "$top/scripts/verify-with-stock-tools" -i id "$bag"; }
judge casebook verify "$bag"
case $status in 0 | 3) ;; *) fail "the bag as it is: $status" ;; esac
judge stock
case $status in 0 | 3) ;; *) fail "the bag as it is, stock: $status" ;; esac

# Lines of: FILE KIND OFFSET VALUE
awk -v seed="$seed" -v n="$mutations" -v archive="$(stat -c %s "$archive")" \
  -v seal="$(stat -c %s "$bag/seal.json")" -v sig="$(stat -c %s "$bag/seal.json.sig")" 'BEGIN {
    srand(seed)
    for (i = 0; i < n; i++) {
      file = i % 6 == 4 ? "seal.json" : i % 6 == 5 ? "seal.json.sig" : "bag.tar.zst.age"
      size = file == "seal.json" ? seal : file == "seal.json.sig" ? sig : archive
      kind = i % 20 == 18 ? "cut" : i % 20 == 12 ? "longer" : "flip"
      at = int(rand() * size)
      # Beginning and end of the archive hold what a reader leans on most.
      if (kind == "flip" && file == "bag.tar.zst.age" && i % 3 == 0) at = i % 2 ? int(rand() * 400) : size - 1 - int(rand() * 4000)
      print file, kind, at, 1 + int(rand() * 255)
    }
  }' > plan
byte() { # byte NUMBER: writes it
  # shellcheck disable=SC2059
  printf "\\$(printf %o "$1")"
}
done_ours=0
done_stock=0
line=0
while read -r file kind at value; do
  line=$((line + 1))
  cp "$bag/$file" kept
  case $kind in
    flip)
      old=$(od -An -tu1 -j "$at" -N1 kept | tr -d ' ')
      byte $(((old + value) % 256)) | dd of="$bag/$file" bs=1 seek="$at" conv=notrunc 2> /dev/null ;;
    cut) truncate -s "$at" "$bag/$file" ;;
    longer) byte "$value" >> "$bag/$file" ;;
  esac
  cmp -s kept "$bag/$file" && fail "nothing was changed: $file $kind $at"
  judge casebook verify "$bag"
  case $status in 1 | 4) ;; *) fail "ours took $file $kind at $at by $value: $status" ;; esac
  done_ours=$((done_ours + 1))
  if [ $((line % 10)) -eq 5 ] || [ $((line % 60)) -eq 6 ]; then
    judge stock
    case $status in 1 | 4) ;; *) fail "stock took $file $kind at $at by $value: $status" ;; esac
    done_stock=$((done_stock + 1))
  fi
  cp kept "$bag/$file"
done < plan
judge casebook verify "$bag"
case $status in 0 | 3) ;; *) fail "the bag afterwards: $status" ;; esac
[ $done_ours -ge "$mutations" ] || fail "only $done_ours changes"
echo "mutation: ok, $done_ours changes refused by casebook verify, $done_stock of them also by the stock script"
