#!/bin/sh
# The commands that decide and tell, each typed right and wrong, in English and Dutch: what is refused is refused in one clear
# line with what to do next, names all that is missing at once, and nothing of a Dutch screen is English.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy dee; do expect 0 casebook key new $person --no-passphrase; done
dutch() { LC_ALL=nl_NL.UTF-8 is "$@"; }
refused() { # refused STATUS WHAT NEXT PERSON COMMAND...: in both languages, says WHAT and what to do NEXT
  status=$1 what=$2 next=$3
  shift 3
  for way in is dutch; do
    expect "$status" $way "$@"
    warns "$what"
    tr -s '\n ' ' ' < err | grep -qF -- "$next" || fail "no next step: $next"
    one_clear_line
    [ ! -s out ] || fail "a refusal wrote output"
  done
}
expect 0 is ada open 'Odd logins' --dir c
expect 0 is ada person add ben --with ben
for person in cy dee; do expect 0 is ada person add $person --with ben --with $person; done
expect 0 is ada role legal cy --with ben

# Roles: who has which, offered ones as such; unknown ones are refused before anybody signs.
expect 0 is ada role
says 'cy (not accepted yet)'
expect 0 dutch ada role
says 'cy (nog niet aanvaard)'
says 'NIEMAND'
expect 0 is cy role legal cy
for given in executive:dee security:ben; do expect 0 is ada role ${given%:*} ${given#*:} --with cy; done
expect 0 is dee role executive dee
expect 0 is ben role security ben
expect 0 is ada role --json
grep -q '"legal":{"holders":\["cy"\],"offered":\[\]}' out || fail "the JSON of roles"
refused 1 'wizard: the policy has no such role' 'casebook policy show' ada role wizard ben --with cy
refused 1 'legl: the policy has no such role' 'did you mean legal?' ada role legl ben
refused 2 'PERSON is missing' 'casebook role legal PERSON' ada role legal
refused 1 'nobody: nobody of that name' 'there are:' ada role legal nobody
refused 1 'only whoever holds legal' 'casebook role' ada role legal ben --hand-over
refused 1 'two other persons have to sign' '--with NAME' ada role scribe cy

# Entries and facts: what is not known first, then all that is missing.
refused 1 'chnge: the policy has no such register' 'did you mean change?' ada record chnge
refused 1 'bogus: change has no such field' 'fields: system' ada record change bogus=1
refused 1 'change needs class, ticket, staging, words' 'add class=... ticket=... staging=... words=...' ada record change system=x
refused 1 'host needs state: one of' 'add state=...' ada record host host=web-03 what=host
refused 1 'fix=99: no fix with that number' 'casebook record list fix' ben record test fix=99 kind=negative result=pass
expect 0 dutch ada record decision
says '(nodig)'
says '(bij afronden)'
if grep -qE 'needed|when done|one of|a time:' out; then fail "English in a Dutch form"; fi
refused 1 'unknown fact "nofact"' 'casebook facts' ada fact nofact=1
refused 2 '=1: not NAME=VALUE' 'casebook fact alone' ada fact =1
expect 0 is ada fact severity=2 personal_data=suspected
refused 1 'to set personal_data to that takes 2 persons and evidence; 1 signed' '--with NAME here, --out FILE elsewhere' \
  ada fact personal_data=ruled_out
refused 1 'to set personal_data to that takes 1 pieces of evidence' '--evidence' ada fact personal_data=ruled_out --with ben
refused 1 'takes somebody with the role legal' 'casebook role' ada fact privileged=yes

# What blocks, what is done, asked, signed, waived.
refused 2 'clos: nothing that gates look at' 'did you mean close?' ada why clos
expect 5 is ada why archive
says 'Follow-ups are in the tracker: Follow-up '
says 'Follow-ups are in the tracker: no Follow-up: open'
expect 5 is ada why policy
says 'casebook record policy_change'
[ "$(grep -c 'casebook ask policy-change' out)" = 2 ] || fail "the words that the new rules need are named later"
refused 1 '#999: nothing open has that number' 'casebook status' ada 'done' 999
refused 1 'this step takes somebody with the role commander' 'casebook role' cy 'done' 8
refused 1 'x: the policy has no such gate' 'casebook why close' ada ask x
expect 0 dutch ada ask executive-sign-off
grep -q 'niet beantwoord' out || fail "no count of what is not answered"
if grep -qE 'not answered|Question|If yes' out; then fail "English on a Dutch sheet"; fi
sheet=$(sed -n '1s/.*#//p' out)
expect 1 is cy sign "$sheet"
warns 'only somebody with the role executive says this'
warns 'casebook role'
refused 1 '#5 waits for no word' 'casebook done 5' cy sign 5
refused 1 '#999: nothing that waits for a word' 'casebook ask GATE' cy sign 999
refused 2 '--reason is missing' 'in whole sentences' ada waive qa-tested
refused 1 'takes 20 characters or more; it has 5' 'in whole sentences' ada waive qa-tested --reason short
refused 1 'gate legal cannot be waived' 'casebook why' ada waive legal --reason 'there is no time for any of that now'
expect 0 is ada waive qa-tested --reason 'there are no testers in this firm'
number=$(sed -n 's/^#\([0-9]*\) asked.*/\1/p' out)
refused 1 'nobody grants a waiver to themselves' 'the role legal grants it' ada sign "$number"

# Moves.
expect 5 is ada close
says "casebook sign $sheet"
refused 1 'close takes somebody with the role commander' 'casebook role' cy close
refused 1 'reopen is not possible in phase suspected' 'it is possible in closed' ada reopen
refused 1 'rule_out takes 2 persons; 1 signed' '--with NAME here' ada rule-out
refused 1 'bogus: the policy has no such move' 'casebook move alone' ada move bogus
expect 0 dutch ada move
says 'Nu: vermoed'
says 'geblokkeerd door'
if grep -q 'blocked' out; then fail "English among Dutch moves"; fi

# Telling.
refused 2 'too much: x' 'casebook sitrep --help' ada sitrep x
refused 2 'an update needs an audience and text' 'casebook update customers' ada update
refused 1 'update needs occasion: one of' 'add occasion=...' ada update executives 'We are on it'
refused 2 'no law with the id nosuch' 'casebook regimes list' ada deadlines nosuch
refused 1 'nothing that calls for somebody runs under that number' 'casebook watch --within' ada watch --acknowledge 999
refused 2 'draft: no such command' 'casebook postmortem --help' ada postmortem draft
expect 0 is ada policy text
says_wrapped 'room-topic'
refused 1 'sitrp: the policy has no such text' 'did you mean sitrep?' ada policy text sitrp
refused 2 'room: not NAME=VALUE' 'fill a place' ada policy text page room
expect 3 is ada policy text room-topic bridge=call-1
warns 'still to say: document=...'
says 'document: [document?]'
expect 0 dutch ada policy text room-topic bridge=call-1 document=doc-1
says 'leiding: ada | gesprek: call-1 | document: doc-1'
expect 3 dutch ada policy text sitrep
says 'Bekend: Persoonsgegevens: suspected'
says '[next_at?]'
expect 0 dutch ada timeline
says 'ontbreekt: wanneer'
if grep -q 'missing' out; then fail "English under a Dutch timeline"; fi
expect 1 is ada drill --keep /nonexistent/x/y
warns 'name a new folder below one that is there'
one_clear_line
