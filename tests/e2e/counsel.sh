#!/bin/sh
# Counsel, a responder and an outsider on three homes: a compartment that the others cannot open, a chat of 10,000
# messages, files kept with notes, a person taken out, a backup put back elsewhere. docs/spec/imports.md, slots.md,
# docs/spec/evidence.md, docs/spec/attachment.md, docs/spec/backup.md
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
by() { # by PERSON COMMAND...: with that person's home
  who=$1
  shift
  XDG_CONFIG_HOME=$work/$who/config XDG_STATE_HOME=$work/$who/state "$@"
}
sign_and() { # sign_and SIGNERS COMMAND...: writes it out, lets them sign, takes it
  signers=$1
  shift
  rm -f ask
  expect 0 by ada casebook "$@" --out ask
  for signer in $signers; do expect 0 by "$signer" casebook key sign ask; done
  expect 0 by ada casebook "$@" --from ask
}
for person in ada ben cy gus; do expect 0 by $person casebook key new $person --no-passphrase; done
for person in ben cy; do expect 0 by $person casebook key card --out $person.card; done

expect 0 by ada casebook open 'Odd logins' --dir case
sign_and ben person add --card ben.card
sign_and 'cy ben' person add --card cy.card
sign_and ben role legal cy

# Counsel accepts, has a founder bind this machine, and begins legal here.
expect 0 by cy casebook use case
expect 0 by cy casebook role legal cy --out accept
expect 1 by ada casebook person add --from accept
warns 'says role.accept'
expect 0 by ada casebook role legal cy --from accept
says 'accepted'
expect 0 by cy casebook use --take --out bind
expect 0 by ada casebook key sign bind
expect 0 by cy casebook use --take --from bind
expect 0 by cy casebook access begin legal
# Whoever reads no record cannot know that a founder bound Cy's machine: not checked, and no false alarm.
expect 3 by gus casebook verify case
says 'later log key'
expect 3 "$top/scripts/verify-with-stock-tools" --case case
says 'not by the first log key'
expect 3 by gus casebook verify case --anchor "$(by ada casebook key show --json | jq -r .fingerprint)"
expect 3 by gus casebook verify case --anchor "$(by cy casebook key show --json | jq -r .fingerprint)"
says 'nobody outside vouches for its founders'
cp -r case bent
sed -i '4s/^...../AAAAA/' bent/head
expect 4 by gus casebook verify bent
says 'signed by nobody'
expect 4 "$top/scripts/verify-with-stock-tools" --case bent
rm -r bent

# RT-29: words for counsel come by standard input; nobody else finds them, by any way.
expect 2 by cy casebook note add 'engagement of zebrafish' --in legal
expect 0 sh -c "printf 'engagement of zebrafish partners' | XDG_CONFIG_HOME=$work/cy/config XDG_STATE_HOME=$work/cy/state casebook note add --in legal"
expect 0 by cy casebook find zebrafish
says 'engagement of zebrafish partners'
expect 0 by ada casebook find zebrafish
says 'nothing found'
expect 6 by ada casebook find zebrafish --in legal
expect 0 by cy casebook access grant legal ben
expect 0 by ben casebook find zebrafish --case case
says 'in legal'

# A chat of 10,000 messages, twice: the second time nothing is new.
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "[2026-11-%02d %02d:%02d:%02d] %s: message %d about host web-%d\n",
  1 + i % 28, i % 24, i % 60, (i * 7) % 60, (i % 2 ? "Ben" : "Finn"), i, i % 50 }' > chat.txt
expect 0 by ada casebook use case --take
expect 0 by ada casebook import chat.txt --zone UTC --by Finn
says '10,000 messages new in general'
expect 0 by ada casebook import chat.txt --zone UTC --by Finn
says '0 messages new in general, 10,000 already there'
entries=$(wc -l < case/ledger)
expect 0 by ada casebook import chat.txt --zone UTC --by Finn
[ "$(wc -l < case/ledger)" = "$entries" ] || fail "an import without news made entries"
expect 0 by ada casebook find message 4321
says 'Ben'
says 'as exported by Finn'
: > empty.mbox
expect 1 by ada casebook import empty.mbox
warns 'is empty: nothing was taken in'
expect 0 by ada sh -c 'printf "[2026-11-20 10:00:00] Gus: who restarted db-7\n" | casebook import paste --zone UTC'
expect 0 by ada casebook find restarted
says 'db-7'

# Personal data are named by kind and never repeated; files are kept, found, and come back as they were.
head -c 3000000 /dev/urandom > photo.jpg
expect 0 by ada casebook note add 'mail from eve.example@example.org' --attach photo.jpg
warns '1 e-mail address'
if grep -q eve.example "$work/err"; then fail "the value was repeated"; fi
expect 0 by ada casebook find photo.jpg --json
item=$(jq -r '.hits[] | select(.kind == "attachment") | .item' out)
expect 0 by ada casebook note get "$item" --out back.jpg
cmp photo.jpg back.jpg
expect 3 by ada casebook verify case
says 'lie where you cannot read'
kept=$(find case/vault/attachments -name '*.age' | wc -l)
[ "$kept" = 3 ] || fail "$kept files are kept"

# Evidence: the bag's code is anchored in the ledger, and whoever is in the compartment opens it.
printf 'Nov 21 02:00 login root\n' > auth.log
expect 0 by ada casebook add auth.log --source web-03 --method 'copied by hand' --case case
expect 0 by ada casebook record bag B-1 --case case
code=$(sed -n 's/.*seal code //p' out)
expect 1 by ada casebook record bag B-1 --case case
expect 0 by ben casebook ls B-1 --case case
says 'auth.log'
expect 0 by ben casebook find "$code" --case case
says 'bag'

# A changed file, and one that is gone, are found by name.
file=$(find case/vault/attachments -name '*.age' -size +2000k)
cp "$file" saved
change_byte "$file" 100000
expect 4 by ada casebook verify case
says 'attachment'
rm "$file"
expect 4 by ada casebook verify case
cp saved "$file"
expect 3 by ada casebook verify case

# Counsel claims privilege; the description never stands in an argument; a second person of the role takes it off.
expect 0 by cy casebook use case --take
expect 0 by cy casebook find zebrafish --json
note=$(jq -r '.hits[0].number' out)
expect 1 by cy casebook privilege set "$note" --basis attorney_client --purpose 'advice'
warns 'never typed as an argument'
expect 0 by cy sh -c "printf 'legal advice on notification' | casebook privilege set $note --basis attorney_client --to cy"
expect 2 by cy casebook privilege set "$note" --basis because
expect 0 by cy casebook privilege log --out log.csv
grep -q 'attorney-client' log.csv || fail "the log lacks the basis"
if grep -q zebrafish log.csv; then fail "the log gives the text away"; fi
expect 0 by cy sh -c "printf 'sent to the authority' | casebook privilege remove $note"
says 'second person'
expect 0 by cy casebook privilege log
says 'attorney-client'

# A person is taken out: new keys; the old ones open nothing, with stock age either.
expect 0 by cy casebook access revoke legal ben
says 'new keys'
expect 6 by ben casebook find zebrafish --in legal --case case
one_clear_line
expect 0 by cy casebook find zebrafish
says 'engagement'
if age -d -i ben/config/casebook/keys/ben.age-identity case/vault/legal.slots > /dev/null 2>&1; then fail "stock age opens it for Ben"; fi
if age -d -i gus/config/casebook/keys/gus.age-identity case/vault/general.slots > /dev/null 2>&1; then fail "stock age opens it for Gus"; fi
age -d -i cy/config/casebook/keys/cy.age-identity case/vault/legal.slots > slots || fail "stock age does not open it for Cy"
rm slots
expect 0 by cy casebook rotate general
expect 0 by ben casebook find message 4321 --case case
expect 0 by cy casebook access log
says 'legal 2'

# A copy, put back on another machine; the outsider opens nothing there.
expect 0 by cy casebook backup copy
expect 0 by gus casebook backup check copy
says 'INTACT'
(cd copy && sha256sum --quiet -c manifest) || fail "sha256sum disagrees"
expect 0 by gus casebook restore copy again
expect 6 by gus casebook find message --case again
expect 0 by ben casebook find message 4321 --case again

# The case is lost, and the copy ends before the record of itself: a person decides, and the case says so.
mv case gone
expect 0 by cy casebook restore copy case
says_wrapped 'older than the case that this machine saw'
expect 1 by cy casebook note add again
warns 'older than what this machine saw'
expect 4 by cy casebook verify case
rm -r case
expect 0 by cy casebook restore copy case --newer-is-lost
expect 0 by cy casebook note add 'going on'
expect 0 by cy casebook find '"later is lost"'
says 'Restored from a backup'
expect 3 by cy casebook verify case
says 'CONSISTENT'
rm -r case
mv gone case
expect 4 by cy casebook verify case
says 'NOT INTACT'
printf x >> copy/ledger
expect 4 by gus casebook backup check copy
expect 1 by gus casebook restore copy third
[ ! -e third ] || fail "a damaged backup was put back"

# What was said to counsel stands in no file in clear.
if grep -rqa -e zebrafish -e 'Odd logins' case again ada ben gus; then fail "words in clear"; fi
echo "counsel: ok"
