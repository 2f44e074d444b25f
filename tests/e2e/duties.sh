#!/bin/sh
# Duties to tell (docs/spec/duties.md) as a privacy officer meets them: facts said in the case, duties found and entered,
# deadlines that move, clocks on the board, customers first, and a case that does not close over an unanswered duty. S4-16b
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
number_of() { # number_of WORDS: of the duty that the last output names
  tr -s '\n ' ' ' < "$work/out" | sed -n "s/.*#\([0-9]*\) $1.*/\1/p"
}

# Without facts of law nothing is worked out; what laws ask is kept in the case like any fact.
expect 0 is ada open 'Odd logins' --with ben --dir case
expect 0 is ada fact severity=2
if grep -q 'dut' out; then fail "duties out of nothing"; fi
expect 1 is ada fact awarenes_at=now
warns 'did you mean awareness_at?'
expect 0 is ada fact entity.zone=Europe/Paris entity.role=controller,processor entity.established_eea=yes entity.member_state=FR
expect 0 is ada record report channel=monitoring observed_at='2026-10-23T18:00 Europe/Paris' words='root logins at night'
expect 0 is ada fact personal_data=suspected risk_to_individuals=high
says_wrapped 'found: #'
says_wrapped 'eu-gdpr sa_initial, due Mon 26 Oct 2026 17:00 Paris'
gdpr=$(number_of 'eu-gdpr sa_initial')
[ -n "$gdpr" ] || fail "the duty has no number"

# Who said what, and what is merely assumed.
expect 0 is ada deadlines --at '2026-10-23T21:00 Europe/Paris'
says_wrapped 'awareness_at Fri 23 Oct 2026 18:00 Paris: the first alert, report #'
says 'nobody confirmed it'
expect 0 is ada deadlines --json --at '2026-10-23T21:00 Europe/Paris'
says '"confirmed":false'
expect 0 is ada status
says 'eu-gdpr sa_initial'
says_wrapped 'start assumed'
expect 5 is ada why close
says_wrapped "#$gdpr Duty to tell: eu-gdpr sa_initial, due Mon 26 Oct 2026 17:00 Paris"

# The moment is a signed decision; the deadline moves with it, and the entry keeps what it was.
expect 0 is ada fact awareness_at='2026-10-24T09:00 Europe/Paris'
says_wrapped "#$gdpr is due Tue 27 Oct 2026 08:00 Paris"
expect 0 is ada deadlines --at '2026-10-24T10:00 Europe/Paris'
says_wrapped 'awareness_at Sat 24 Oct 2026 09:00 Paris: ada, entry'
expect 0 is ada deadlines
if grep -q 'duties found\|duty found' out; then fail "a duty was found twice"; fi
expect 0 is ada record show "$gdpr" --json
says '"due":"2026-10-26T16:00:00Z"'
says '"due":"2026-10-27T07:00:00Z"'

# What the facts deny is said so, and stays open until somebody answers for it.
expect 0 is ada fact entity.nis2=essential nis2_significant=yes
expect 0 is ada fact risk_to_individuals=unlikely
says_wrapped "#$gdpr is no longer asked for"
expect 0 is ada fact risk_to_individuals=high

# Customers of a processor come first, each with a clock of its own.
printf 'root words\nroot words\nroot words\n' > rootpass
expect 0 sh -c "casebook org init 'Example firm' --dir org --as ada --passphrase-fd 3 3< rootpass"
expect 0 sh -c 'casebook org person add ada --role commander --as ada --passphrase-fd 3 3< rootpass'
printf 'name,contact,notice_hours\nAcme,dpo@example.org,24\nBolt,dpo@example.net,24\nCord,dpo@example.com,\n' > customers.csv
expect 0 is ada org customers import customers.csv
expect 0 is ada deadlines
says_wrapped '2 customers within 24 h: Acme, Bolt'
says_wrapped 'Of 1 of 3 customers nobody knows the hours'
says_wrapped '2 duties found: #'
if grep -rq 'Acme' case; then fail "the name of a customer leaked"; fi
expect 0 is ada status
says '2 customers, contract'

# Answered: what was sent, with the receipt in custody.
printf 'case 2026-4711 received\n' > receipt.txt
expect 1 is ada 'done' "$gdpr" outcome=submitted
warns 'reasons'
expect 0 is ada 'done' "$gdpr" outcome=submitted at='2026-10-26T09:30 Europe/Paris' channel=portal reference=2026-4711 \
  receipt=@receipt.txt 'first phase sent'
expect 0 is ada deadlines
says_wrapped 'eu-gdpr sa_followup'
expect 5 is ada why close
if grep -q 'sa_initial' out; then fail "an answered duty still blocks"; fi

# Not telling takes the words of counsel and privacy, too.
expect 0 is ada status
people=$(sed -n 's/.*#\([0-9]*\) Duty to tell: eu-gdpr data_subjects/\1/p' out)
expect 0 is ada 'done' "$people" outcome=not_notified 'keys were never there'
expect 5 is ada why close
says 'Counsel and privacy agree to tell nobody'
expect 0 is ada person add cy --with ben --with cy
expect 0 is ada role legal cy --with ben
expect 0 is cy role legal cy
expect 0 is ada ask not-notified --of cy
sign=$(sed -n 's/^Answer: casebook sign \([0-9]*\),.*/\1/p' out | head -n 1)
expect 0 is cy sign "$sign"
expect 3 is ada verify case
says 'CONSISTENT'
echo "duties: ok"
