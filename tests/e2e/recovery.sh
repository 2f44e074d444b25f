#!/bin/sh
# Recovery identities: one compartment each, printed and kept nowhere; reading with them after keys are lost, also
# on a restored case and with stock programs; RT-8, RT-30. docs/spec/slots.md
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
says_wrapped 'casebook access recovery'
expect 0 me person add ben --with ben
expect 0 me person add cy --with cy --with ben
expect 0 me role legal cy --with ben
expect 0 casebook role legal cy --as cy
expect 0 casebook access begin legal --as cy
says_wrapped 'access recovery legal'
expect 0 me note add 'the marmoset logged in'
printf 'the quokka is privileged' > words
casebook note add --in legal --as cy < words > out 2> err || fail "writing in legal"

# A page goes to a terminal or to a file that is closed; never through a pipe, never over a file.
expect 2 me access recovery
warns 'terminal'
expect 0 me access recovery --out general.page
[ "$(stat -c %a general.page)" = 600 ] || fail "the page is open to others"
expect 2 me access recovery --out general.page
expect 6 me access recovery legal --out none.page
expect 0 casebook access recovery legal --out legal.page --as cy
expect 0 me access list
says 'and a recovery identity'
if grep -rqaF "$(grep -v '^#' general.page)" case home config; then fail "the page is kept somewhere"; fi
expect 3 me verify case
if command -v script > /dev/null; then
  script -qec 'casebook access recovery --as ada --case case' printed > /dev/null < /dev/null || fail "on a terminal"
  grep -q '^AGE-SECRET-KEY-1' printed || fail "no page on the terminal"
fi

# Keys lost, machine lost: a backup, the page of general, and no keys at all.
expect 0 me backup copy
expect 0 casebook restore copy restored
place=restored
paged() (
  CASEBOOK_RECOVERY=$page
  export CASEBOOK_RECOVERY
  "$@"
)
lost() { XDG_CONFIG_HOME=$work/lost/config XDG_STATE_HOME=$work/lost/state casebook "$@" --case $place; }
expect 1 lost find marmoset
page=general.page && expect 0 paged lost find marmoset
says 'marmoset'
page=general.page && expect 0 paged lost find quokka
says 'nothing found'
page=general.page && expect 3 paged lost verify restored
page=legal.page && expect 6 paged lost find quokka
page=general.page && expect 1 paged lost note add hello

# RT-8: the page of general never opens legal; that of legal does, for somebody who reads general.
page=general.page && expect 0 paged me find quokka
says 'nothing found'
page=legal.page && expect 0 paged me find quokka
says 'quokka'
mkdir ruined
cp legal.page ruined/page
sed -i 's/^AGE-SECRET-KEY-1.../AGE-SECRET-KEY-1QQQ/' ruined/page
page=ruined/page && expect 1 paged me find quokka
one_clear_line

# Stock age and jq; the other compartment stays shut.
if command -v age > /dev/null; then
  age -d -i general.page case/vault/general.slots | jq -e '.compartment == "general" and (.data_key | length == 64)' > /dev/null ||
    fail "stock age does not open the slots with the page"
  ! age -d -i general.page case/vault/legal.slots > /dev/null 2>&1 || fail "the page of general opens legal"
fi

# New keys keep the page.
expect 0 me rotate general
place=case
page=general.page && expect 0 paged lost find marmoset
says 'marmoset'
# A page that was lost or seen: new keys without it, for the same persons.
expect 2 me access recovery --end --out none.page
expect 0 me access recovery --end
says_wrapped 'no recovery identity'
place=case
page=general.page && expect 6 paged lost find marmoset
one_clear_line
expect 0 me find marmoset
expect 0 casebook find marmoset --as ben
expect 1 me access recovery --end
warns 'has no recovery identity'
expect 0 casebook access list --as ada
grep '^general ' out | grep -q 'and a recovery identity' && fail "the list still names one"
expect 3 me verify case
echo "recovery: ok"
