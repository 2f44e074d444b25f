#!/bin/sh
# A case as new users would make it: a responder, counsel and an outsider with homes of their own; then the stock script.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
by() { # by PERSON COMMAND...: with that person's home
  who=$1
  shift
  XDG_CONFIG_HOME=$work/$who/config XDG_STATE_HOME=$work/$who/state "$@"
}
stock() { "$top/scripts/verify-with-stock-tools" --case case "$@"; }

printf 'root horse\nroot horse\nroot horse\n' > rootpass
for person in ada ben cy gus; do expect 0 by $person casebook key new $person --no-passphrase; done

# The organisation: each person answers a challenge; the root key signs.
expect 0 by ada sh -c "casebook org init 'Example Ltd' --dir org --passphrase-fd 3 3< rootpass"
expect 0 by ada sh -c 'casebook org person add ada --role commander --passphrase-fd 3 3< rootpass'
for person in ben cy; do
  expect 0 by ada casebook org challenge "$work/$person/config/casebook/keys/$person.ssh.pub"
  cp out $person.challenge
  expect 0 by $person casebook key card --challenge $person.challenge --out $person.person
  expect 0 by ada sh -c "casebook org person add --card $person.person --passphrase-fd 3 3< rootpass"
done
expect 0 by ada casebook org show
says 'roster version 4'
expect 3 by ada casebook org check
says 'nobody is executive'

# A case: Ada opens it, Ben and Cy join by signatures that travel.
expect 0 by ada casebook open 'Odd logins' --dir case
if grep -rq 'Odd logins' case; then fail "the title leaked"; fi
expect 0 by ada casebook person add ben --out ask
expect 0 by ben casebook key sign ask
expect 0 by ada casebook person add ben --from ask
rm ask
expect 0 by ada casebook person add cy --out ask
expect 0 by cy casebook key sign ask
expect 0 by ben casebook key sign ask
expect 0 by ada casebook person add cy --from ask
rm ask
expect 0 by ada casebook role legal cy --out ask
expect 0 by ben casebook key sign ask
expect 0 by ada casebook role legal cy --from ask

# Counsel's machine takes the case over; a founder has to bind it.
expect 6 by cy casebook role legal cy --case case
warns 'another machine writes this case'
one_clear_line

# The outsider opens nothing.
expect 6 by gus casebook find logins --case case
one_clear_line
expect 6 by gus casebook note add hello --case case

# What anybody can check, and what an anchor adds.
expect 3 by gus casebook verify case
says 'identities not checked'
expect 0 by ada casebook verify case --anchor org
says 'INTACT'
expect 3 by ada casebook verify case
says 'CONSISTENT'
expect 3 stock
says 'CONSISTENT'
expect 3 stock --anchor "$(by ada casebook key show --json | jq -r .fingerprint)"
says 'founder'
cp -r case changed
sed -i '2s/commit":"./commit":"x/' changed/ledger
expect 4 by gus casebook verify changed
expect 4 "$top/scripts/verify-with-stock-tools" --case changed
sed '2d' case/ledger > changed/ledger
expect 4 "$top/scripts/verify-with-stock-tools" --case changed
# RT-10: a key of small order fits every text; the stock script refuses one as founder and as log key.
weak="ssh-ed25519 $(printf '0000000b7373682d656432353531390000002001%062d' 0 | tr a-f A-F | basenc --base16 -d | base64 -w 0)"
for where in .log_key '.founders[0].key'; do
  cp case/ledger case/head changed/
  jq -cSj --arg weak "$weak" "$where = \$weak" case/case.json > changed/case.json
  expect 4 "$top/scripts/verify-with-stock-tools" --case changed
  says 'small order'
done
rm -r changed

# An old copy put back is found by whoever saw more.
cp -r case old
expect 0 by ada casebook note add 'login page slow' --case case
rm -r case
mv old case
expect 4 by ada casebook verify case
says 'rolled back'
expect 1 by ada casebook note add again --case case
warns 'older than what this machine saw'
echo "case: ok"
