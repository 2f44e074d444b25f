#!/bin/sh
# The runbook as a commander would follow it: the first six commands, a false alarm ruled out by two persons, approvals that
# go stale, words that travel to another machine, roles that pass.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy dee; do expect 0 casebook key new $person --no-passphrase; done
is_dutch() { # as above, in a Dutch terminal
  who=$1
  shift
  LC_ALL=nl_NL.UTF-8 casebook "$@" --as "$who"
}

# Six commands to the first sitrep and to what blocks closing.
expect 0 is ada open 'Odd logins' --with ben --dir case
says 'need-to-know v1'
expect 0 is ada fact severity=2 personal_data=suspected
expect 0 is ada sitrep --chat
says 'Sev-2'
expect 5 is ada why close
says 'Counsel looked at the impact'
expect 5 is ada close
says 'Not yet.'
# The same in Dutch, with nothing left in English but what people type.
expect 5 is_dutch ada why close
says_wrapped 'in deze volgorde, zodat niemand twee keer tekent'
says_wrapped '[niemand kan dit nu]'
if grep -qE 'nobody|missing|other than|not by' out; then fail "English in a Dutch explanation"; fi
expect 0 is_dutch ada status
says 'Voor jou'
if grep -qE 'NOBODY|Yours|blocked by|Clocks' out; then fail "English on a Dutch board"; fi
expect 0 is ada status
says 'Incident commander ada' # S0-2d: whoever opens it leads

# Refusals name what is wrong and what to do.
expect 0 is ada fact severity
expect 1 is ada fact severity=7
warns 'not one of 1, 2, 3, 4'
expect 1 is ada fact personal_data=supected
warns 'did you mean suspected?'
expect 1 is ada fact sevrity=2
warns 'did you mean severity?'
expect 1 is ada record chnge
warns 'did you mean change?'
expect 2 is ada why clsoe
warns 'did you mean close?'
expect 1 is ada 'done' 9999
warns 'nothing open has that number'
one_clear_line
# A milder level is a downgrade: two persons and a piece of evidence.
expect 1 is ada fact severity=4
warns 'takes 2 persons'
# The titles and words are nowhere in clear.
expect 0 is ada record question from=team 'who owns web-03, the pink elephant?'
if grep -rq 'pink elephant' case; then fail "words leaked"; fi
expect 0 is ada find elephant
says '1 hit'

# Others join, get roles and accept them.
expect 0 is ada person add cy --with ben --with cy
expect 0 is ada role legal cy --with ben
expect 0 is cy role legal cy
# A word is asked for, given, and goes stale when what it covers changes.
expect 0 is ada ask legal --out request.json
says 'Question: Counsel looked at the impact'
number=$(sed -n 's/^Answer: casebook sign \([0-9]*\),.*/\1/p' out)
key=$XDG_CONFIG_HOME/casebook/keys/cy.ssh
ssh-keygen -q -Y sign -f "$key" -n casebook-statement@v1 request.json
expect 0 is ada sign "$number" --from request.json
says signed
expect 5 is ada why close
if grep -q 'ask legal' out; then fail "the word did not count"; fi
expect 0 is ada fact people_max=12000
expect 5 is ada why close
says 'stale'
# Nobody else's key can give it.
expect 0 is ada ask legal --out again.json
number=$(sed -n 's/^Answer: casebook sign \([0-9]*\),.*/\1/p' out)
ssh-keygen -q -Y sign -f "$XDG_CONFIG_HOME/casebook/keys/ben.ssh" -n casebook-statement@v1 again.json
if is ada sign "$number" --from again.json > out 2> err; then fail "somebody else signed for counsel"; fi

# The command passes with two signatures, never to nobody.
expect 0 is ada role commander ben --hand-over
number=$(sed -n 's/.*casebook sign \([0-9]*\)$/\1/p' out)
expect 0 is ben sign "$number"
expect 0 is ben status
says 'Incident commander ben'

# What is due, what happened, and a review without blame.
expect 3 is ben watch --within PT8H
expect 0 is ben timeline --csv timeline.csv
grep -q '^"\{0,1\}entry' timeline.csv || grep -q 'entry,received' timeline.csv || fail "no header in the CSV"
# Follow-ups for a tracker: that there is something, never what.
expect 0 is ben record action 'rotate the purple keys' kind=repair owner=ada next_update=2026-12-01T09:00:00Z
expect 2 is ben record export --rest body.json
warns '--project'
expect 0 is ben record export --csv follow.csv --rest body.json --project SHOP
says '1 entry'
jq -e '.issueUpdates[0].fields | .project.key == "SHOP" and .duedate == "2026-12-01" and .issuetype.name == "Task"
  and (.summary | test("repair"))' body.json > /dev/null || fail "the body is not what Jira takes"
grep -q '^Summary,Issue Type,Due Date,Labels,Description' follow.csv || fail "no header in the follow-ups"
expect 2 is ben record export --rt tickets.json
warns '--queue'
expect 2 is ben record export --rt tickets.json --queue "$(printf 'two\nlines')"
expect 0 is_dutch ben record export --rt tickets.json --queue Security
says 'Vervolgactie #'
jq -e 'length == 1 and (.[0] | .Queue == "Security" and .Due == "2026-12-01 09:00:00" and .ContentType == "text/plain"
  and (.Subject | test("^Vervolgactie #[0-9]+ van ")) and (.Content | test("^Verwijzing: .*#[0-9]+\nStap: ")))' tickets.json \
  > /dev/null || fail "the tickets are not what Request Tracker takes"
if grep -q purple follow.csv body.json tickets.json; then fail "words of the case left it"; fi
expect 0 is ben postmortem --out review.md
expect 0 casebook postmortem lint review.md
printf 'Ben forgot the backup.\n' >> review.md
expect 3 casebook postmortem lint review.md
says 'forgot'
expect 3 is ben verify case
says 'CONSISTENT'

# A false alarm of low severity: two persons, one piece of evidence, nobody else.
expect 0 is ada open 'Load test' --with ben --dir alarm
expect 0 is ada fact severity=3
expect 0 is ada note add 'load test of the shop team, ticket SHOP-1'
note=$(sed -n 's/^note \([0-9]*\) .*/\1/p' out)
expect 5 is ada rule-out --with ben
says 'says=refutes'
expect 0 is ada record indication says=refutes with="$note" 'load test of the shop'
expect 1 is ada rule-out
warns 'takes 2 persons'
expect 0 is ada rule-out --reason 'load test' --with ben
says 'ruled out'
expect 0 is ada status
if grep -q 'Closing' out; then fail "a ruled out case still closes"; fi
# The drill: all twenty-one steps on the real rules, in both languages, and nothing is left behind.
mkdir empty
(cd empty && expect 0 casebook drill --brief)
says '21 of 21 steps done; the case is archived'
expect 0 casebook drill --lang nl --json
[ -z "$(ls empty)" ] || fail "the drill left something behind"
echo "runbook: ok"
