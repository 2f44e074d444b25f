#!/bin/sh
# What opens the bags of a case lies in its compartments: tickets, recorded bags, custody, revocation (RT-9, RT-26, RT-38),
# and erasing an identity closes the bag. docs/spec/evidence.md
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
expect 0 me person add ben --with ben
expect 0 me person add cy --with cy --with ben
cd case

# The identity is in the case and not at home; whoever is let in opens the bag.
expect 0 me ticket new --purpose test --profile logs --out ../t
says 'general of the case'
[ -z "$(find "$XDG_CONFIG_HOME/casebook/tickets" -name '*.age-identity')" ] || fail "the identity is at home"
expect 0 me collect --root ../tree --profile logs --ticket ../t
expect 0 me ls B-1
expect 0 casebook ls B-1 --as ben
says '/var/log/auth.log'
expect 0 me collect --root ../tree --profile logs
kept() { find "$XDG_CONFIG_HOME/casebook/identities" -name '*.age' 2>/dev/null | wc -l; }
[ "$(kept)" = 1 ] || fail "where is the identity of a bag without a ticket?"
expect 0 me record bag B-2
[ "$(kept)" = 0 ] || fail "the identity stays at home"
expect 0 casebook ls B-2 --as cy
expect 0 me record bag B-1
expect 0 me verify B-1
says 'custody'
expect 3 me verify "$work/case"

# RT-38: after somebody was taken out, tickets from before are flagged; new ones are not.
expect 0 me ticket list
expect 0 me access revoke general ben
says_wrapped 'to be issued again'
expect 3 me ticket list
says_wrapped 'issue it again'
expect 0 me ticket new --purpose test --profile logs --out ../t2
expect 3 me ticket list --json
jq -e '[.tickets[].old_generation] == [true, false]' ../out > /dev/null || fail "the flags"
expect 6 casebook find logins --as ben
expect 0 casebook ls B-1 --as cy

# RT-9: erasing the identity closes the bag, whoever has its file.
number=$(me find B-2 --json | jq -r '.hits[] | select(.kind == "bag") | .number')
echo 'not ours' > ../why
me erase "$number" --with cy < ../why > ../out 2> ../err || fail "erasing a bag"
got=0
me ls B-2 > ../out 2> ../err || got=$?
[ $got != 0 ] || fail "an erased bag opens"
expect 3 me verify "$work/case"
echo "tickets: ok"
