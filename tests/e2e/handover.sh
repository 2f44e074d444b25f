#!/bin/sh
# Hand-over between two people both ways: docs/spec/handover.md.
# A bag goes from Ada to Ben; both end with a receipt that carries both signatures.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree
for person in ada ben; do as $person casebook key new $person --no-passphrase > /dev/null 2>&1; done
keys=$work/config-ben/casebook/keys
expect 0 as ada casebook collect --root tree --profile logs --out ev
says 'COMPLETE  B-1'
expect 0 as ada casebook verify ev/B-1
says 'ratified by ada'
expect 0 as ada casebook give ev/B-1 --to "$keys/ben.ssh.pub" --recipient "$(cat "$keys/ben.age-recipient")" \
  --reason 'to the lab' --out parcel
expect 0 as ben casebook receive parcel --anchor "$work/config-ada/casebook/keys/ada.ssh.pub" --case lab
says 'INTACT'
says 'received by ben as B-1'
expect 0 as ben casebook verify lab/evidence/B-1 --anchor "$work/config-ada/casebook/keys/ada.ssh.pub"
says '5 events'
receipt=$(echo lab/evidence/B-1/receipt-*.json)
expect 0 as ada casebook verify "$receipt"
says 'INTACT'
mkdir -p case && mv ev case/evidence
expect 0 as ada casebook receive "$receipt" --case case
says 'is good and kept'
expect 0 as ben casebook get lab/evidence/B-1 /var/log/dpkg.log --out shown
cmp shown/dpkg.log tree/var/log/dpkg.log || fail "the exhibit differs"

# What was changed on the way is not received.
as ada casebook give case/evidence/B-1 --to "$keys/ben.ssh.pub" --recipient "$(cat "$keys/ben.age-recipient")" \
  --out parcel2 > /dev/null
change_byte parcel2/bag.tar.zst.age 300
expect 4 as ben casebook receive parcel2 --case lab2
says 'TAMPERED'
[ -z "$(ls lab2/evidence)" ] || fail "a tampered bag was taken over"

# A bag that is sealed to Ada herself: what opens it opens everything of hers, so it is neither handed on nor shown.
expect 0 as ada casebook collect --root tree --profile logs --out case/evidence \
  --to "$(cat "$work/config-ada/casebook/keys/ada.age-recipient")"
expect 0 as ada casebook ls case/evidence/B-2
expect 1 as ada casebook give case/evidence/B-2 --to "$keys/ben.ssh.pub" \
  --recipient "$(cat "$keys/ben.age-recipient")" --out parcel3
warns 'sealed to a person'
[ ! -e parcel3 ] || fail "something was handed over"
expect 1 as ada casebook key show case/evidence/B-2
if grep -q AGE-SECRET-KEY "$work/out" "$work/err"; then fail "a person's identity was shown"; fi

# A bag that travels as a stream of parts.
as ada casebook collect --root tree --profile logs --out - > stream 2> err
expect 0 as ada casebook receive stream --case streamed
expect 3 as ada casebook verify streamed/evidence/B-1
head -c 2000 stream > short-stream
expect 3 as ada casebook receive short-stream --case cut-case
warns 'broke off'
echo "handover: ok"
