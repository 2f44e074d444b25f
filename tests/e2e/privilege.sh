#!/bin/sh
# A claim of privilege comes off by two persons, each by a fresh act that the key agent does not give; its words can be
# erased. RT-17. docs/spec/privacy.md section 3.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
XDG_RUNTIME_DIR=$work/run
export XDG_RUNTIME_DIR
mkdir -m 700 run
trap 'casebook lock > /dev/null 2>&1; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
printf 'a long sentence\na long sentence\n' > pass
with() { "$@" --passphrase-fd 3 3< pass; }
for person in ada cy; do expect 0 casebook key new $person --no-passphrase; done
expect 0 with casebook key new jo
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
expect 0 me person add cy --with cy
expect 0 with me person add jo --with jo --with cy
for lawyer in cy jo; do
  expect 0 with me role legal $lawyer --with "$([ $lawyer = cy ] && echo jo || echo cy)"
  expect 0 with casebook role legal $lawyer --as $lawyer
done
expect 0 casebook access begin legal --as cy
expect 0 casebook access grant legal jo --as cy
told() { # told STATUS WORDS COMMAND...
  wanted=$1
  printf '%s' "$2" > words
  shift 2
  got=0
  "$@" > "$work/out" 2> "$work/err" < words || got=$?
  [ "$got" = "$wanted" ] || fail "status $got instead of $wanted: $*"
}
told 0 'vendor contract and the breach' casebook note add --in legal --as cy
number=$(casebook find vendor --as cy --json | jq -r '.hits[0].number')
told 0 'advice on the contract' casebook privilege set "$number" --basis attorney_client --to cy --as cy
expect 0 casebook privilege log --as cy
says 'advice on the contract'

# Asked by one; the same person cannot confirm; the second needs a fresh act, whatever is unlocked.
told 0 'shown to the insurer' casebook privilege remove "$number" --as cy
says 'second person'
told 1 'once more' casebook privilege remove "$number" --as cy
expect 0 casebook privilege log --as cy
says 'advice on the contract'
expect 0 with casebook unlock --as jo
expect 0 casebook find vendor --as jo
expect 6 casebook privilege remove "$number" --as jo
expect 0 casebook privilege log --as cy
says 'advice on the contract'
expect 1 me privilege remove "$number" --in general
expect 0 with casebook privilege remove "$number" --as jo
says 'by two persons'
expect 0 casebook privilege log --as cy
if grep -q 'advice' out; then fail "the claim stands"; fi
expect 3 casebook verify case --as cy
says 'CONSISTENT'
expect 0 casebook lock

# No statement holds the words: they are items with leaves, gone from every statement's text.
seq=0
while [ $seq -le 40 ]; do
  casebook note show $seq --in legal --without-words --out act.$seq --as cy > /dev/null 2>&1 || true
  seq=$((seq + 1))
done
cat act.* > acts
grep -q privilege_set acts || fail "where is the label's statement?"
if grep -q -e 'advice on' -e insurer acts; then fail "a statement holds counsel's words"; fi
echo "privilege: ok"
