#!/bin/sh
# A kit made in quiet times, used at night from its own folder by somebody with no Casebook and no keys.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree
casebook key new ada --no-passphrase > /dev/null 2>&1
expect 0 casebook kit --profile logs --out stick/kit
says 'CARD.txt to print'
for file in casebook-collect ticket.json ticket.json.sig ticket.key CARD.txt SHA256SUMS; do
  [ -f "stick/kit/$file" ] || fail "no $file in the kit"
done
[ "$(stat -c %a stick/kit/ticket.key)" = 600 ] || fail "ticket.key is readable by others"
[ "$(wc -l < stick/kit/CARD.txt)" -le 60 ] || fail "the card is longer than a page"
[ "$(awk '{ if (length > n) n = length } END { print n }' stick/kit/CARD.txt)" -le 80 ] || fail "the card is too wide"
(cd stick/kit && sha256sum -c --quiet SHA256SUMS) || fail "SHA256SUMS does not fit"
[ "$(jq -r .standing stick/kit/ticket.json)" = true ] || fail "not a standing ticket"
expect 0 casebook ticket show stick/kit

# At night: an empty environment, the kit's own folder, its own program. Twice: it is good for many runs.
for night in 1 2; do
  (cd stick/kit && env -i ./casebook-collect --ticket . --root "$work/tree" --profile logs --out . > "$work/out" 2> "$work/err") ||
    fail "the kit does not work, night $night"
  says 'COMPLETE'
  says 'seal code'
done
seed=$(jq -r .seed stick/kit/ticket.key)
[ ${#seed} = 64 ] || fail "where is the seed in ticket.key?"
! grep -rlF "$seed" stick/kit/*/ || fail "the bag holds the ticket's key"

# At home Ada opens what came back; neither seal marks the other.
mkdir -p case/evidence
n=0
for bag in stick/kit/*/; do
  n=$((n + 1))
  mv "$bag" case/evidence/
done
[ $n = 2 ] || fail "$n bags instead of 2"
for bag in case/evidence/*/; do
  expect 0 casebook verify "$bag"
  says 'INTACT'
  says 'ticket of ada'
  expect 0 casebook ls "$bag"
  says '/var/log/auth.log'
done

# A kit whose program was exchanged is not ours: the ticket names the digest, the bag says that it differs.
cp stick/kit/casebook-collect other
printf 'x' >> other
cp other stick/kit/casebook-collect
! (cd stick/kit && sha256sum -c --quiet SHA256SUMS > /dev/null 2>&1) || fail "the exchanged program fits SHA256SUMS"
(cd stick/kit && ./casebook-collect --ticket . --root "$work/tree" --profile logs --out . > "$work/out" 2> "$work/err") ||
  fail "a mismatch stops the collection"
bag=$(dirname "$(ls stick/kit/*/seal.json)")
mv "$bag" case/evidence/
bag=case/evidence/$(basename "$bag")
got=0
casebook verify "$bag" --json > out 2> err || got=$?
case $got in 0 | 3) ;; *) fail "another collector made the bag bad" ;; esac
casebook key show "$bag" > id 2> err
age -d -i id "$bag/bag.tar.zst.age" | zstd -dc | tar xO --wildcards '*/context.json' | jq -e 'tostring | contains("collector_differs")' > /dev/null ||
  fail "the context does not say that the collector is another one"
echo "kit: ok"
