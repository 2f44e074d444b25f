#!/bin/sh
# What must stay and what must go: a hold, retention, an erasure by two persons with its report; and notes left for
# a compartment that their writer cannot open. docs/spec/keeping.md, docs/spec/inbox.md
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
me() { casebook "$@" --as ada; }
say() { printf '%s' "$1" > words; }
told() { # told STATUS WORDS COMMAND...: with the words on standard input
  wanted=$1
  say "$2"
  shift 2
  got=0
  "$@" > "$work/out" 2> "$work/err" < words || got=$?
  [ "$got" = "$wanted" ] || fail "status $got instead of $wanted: $*"
}
expect 0 me open 'Odd logins' --dir case
expect 0 me person add ben --with ben
expect 0 me person add cy --with cy --with ben
expect 0 me role legal cy --with ben
expect 0 casebook role legal cy --as cy
expect 0 casebook access begin legal --as cy

# Nobody alone erases anything.
expect 0 me note add 'the quick brown marmoset'
expect 0 me find marmoset --json
number=$(jq -r '.hits[0].number' out)
told 1 'asked by the person' me erase "$number"
warns 'two persons'
one_clear_line

# A hold beats it, by whoever; two persons lift it.
told 0 'litigation' me hold set
expect 0 me hold
says 'litigation'
told 1 'asked by the person' me erase "$number" --with ben
warns 'a legal hold'
told 1 'settled' me hold lift
warns 'two persons'
told 0 'settled' me hold lift --with cy
expect 0 me hold
says 'no hold stands'

# Signatures travel: Ada asks, Cy signs elsewhere, Ben takes it; the record says who signed.
told 0 'travelling' me hold set
told 0 'over at last' me hold lift --out ask
expect 0 casebook key sign ask --as cy
expect 0 casebook hold lift --from ask --as ben
expect 3 me verify case
rm ask

# A hold may cover one thing only. What a hold refused is in the record.
told 0 'this one' me hold set "$number"
told 1 'asked by the person' me erase "$number" --with ben
warns 'a legal hold'
told 0 'over' me hold lift --with cy
told 0 'chats only' me hold set --kind message --in general
told 0 'over' me hold lift --with cy

# Retention beats it as well, until its time.
expect 0 me retention 30
told 1 'asked by the person' me erase "$number" --with ben
warns 'kept until'
told 1 'x' me erase "$number" --out ask
expect 0 me retention 0 --due 0
says 'due to go after 0'
expect 0 me retention due
says 'note in general'
expect 0 me retention 0
expect 0 me retention due
says 'nothing is due'
expect 2 me retention -- -3
expect 0 me find casebook-keeping-rule
says 'nothing found'
# What the case rests on is never erased.
skeleton=$(me retention --json | jq -r '.rules[0].entry')
told 1 'x' me erase "$skeleton" --with ben
warns 'is the record of the case'
expect 0 me backup copy

# Erased: gone from search and history; what is left elsewhere is named, and the ledger is whole.
told 0 'asked by the person' me erase "$number" --with ben
says 'logical'
says 'copy'
expect 0 me find marmoset
says 'nothing found'
expect 3 me verify case
says 'erased'
told 1 'again' me erase "$number" --with ben
warns 'erased already'

# RT-25: destroyed only with a new generation and without the copy from before; a copy made later does not count.
expect 0 me erase report
says 'logical'
says 'remains backup copy of generation 1'
expect 0 me rotate general
expect 0 me backup later
expect 0 me erase report
says 'logical'
expect 1 me backup destroyed copy
warns 'is still there'
mv copy elsewhere
told 0 'shredded by Ben' me backup destroyed copy
expect 0 me erase report
says 'destroyed'
says 'not known here'
expect 0 me erase report --json
jq -e '.erasures[0] | .standing == "destroyed" and .survivors == []' out > /dev/null || fail "not destroyed"
expect 3 me verify case

# A file goes with its bytes.
head -c 100000 /dev/urandom > blob
expect 0 me note add 'with a file' --attach blob
expect 0 me find blob --json
item=$(jq -r '.hits[] | select(.kind == "attachment") | .item' out)
told 0 'not ours' me erase "$item" --with ben
[ -z "$(find case/vault/attachments -name '*.age')" ] || fail "the file is still there"
expect 3 me verify case

# Before pii is begun, what is left for it waits for the person who is to begin it.
expect 1 me note add --to pii
expect 0 me access inbox pii cy
told 0 'a numbat in the payroll' me note add --to pii
expect 0 casebook access begin pii --as cy
expect 0 casebook note take --in pii --as cy
says '1 note taken'
expect 0 casebook find numbat --as cy
says 'in pii, ada'
expect 0 me find numbat
says 'nothing found'

# Ada leaves a note for counsel: she cannot read it back, Cy takes it in, and its text is hers.
expect 2 me note add 'as an argument' --to legal
told 0 'the quokka signed the letter' me note add --to legal
says 'cannot read it back'
expect 0 me find quokka
says 'nothing found'
expect 3 casebook verify case --as cy
says 'waits in an inbox'
printf 'planted' > "case/vault/inbox/legal/$(printf '%064d' 7).age"
expect 0 casebook note take --as cy
says '1 note taken into legal'
says 'quarantined 1'
expect 0 casebook find quokka --as cy
says 'ada'
expect 3 casebook verify case --as cy
expect 0 casebook note take --as cy
says '0 notes'

# RT-38: what waits is taken in before the keys that open it go.
told 0 'the bilby waits' me note add --to legal
expect 0 casebook rotate legal --as cy
expect 0 casebook find bilby --as cy
says 'in legal, ada'
expect 3 casebook verify case --as cy

# RT-33: one that is announced and gone is damage.
told 0 'a second one' me note add --to legal
rm case/vault/inbox/legal/*.age
expect 4 casebook verify case --as cy
says 'and gone'
if grep -rqa -e quokka -e marmoset -e numbat -e bilby case home config elsewhere later; then fail "words in clear"; fi
echo "keeping: ok"
