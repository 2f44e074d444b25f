#!/bin/sh
# From a key to an exhibit that a stranger checks: key, ticket, collect, verify, ls, get, verify proof, ratify, time.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree

# A key under a passphrase opens with stock programs.
printf 'a long sentence\na long sentence\n' > pass
expect 0 sh -c 'casebook key new ada --passphrase-fd 3 3< pass'
ssh-keygen -y -P 'a long sentence' -f "$XDG_CONFIG_HOME/casebook/keys/ada.ssh" | cut -d' ' -f1,2 > pub
cut -d' ' -f1,2 "$XDG_CONFIG_HOME/casebook/keys/ada.ssh.pub" | cmp - pub || fail "ssh-keygen sees another key"

# A bag under a ticket.
expect 0 sh -c "casebook ticket new --host web-03 --purpose 'odd logins' --profile logs --out t --passphrase-fd 3 3< pass"
[ "$(stat -c %a t/ticket.key)" = 600 ] || fail "ticket.key is readable by others"
! grep -q 'web-03\|odd logins' t/ticket.json || fail "the ticket tells its host or purpose"
expect 0 casebook ticket show t
expect 0 casebook collect --root tree --profile logs --path '/etc/*' --ticket t --out ev
says 'COMPLETE  B-1'
says 'seal code'
says 'Next: casebook verify B-1'
expect 0 sh -c 'casebook verify ev/B-1 --passphrase-fd 3 3< pass'
says 'INTACT.'
says 'ticket of ada'

# Looking inside, one file out, and its proof without the bag.
expect 0 sh -c 'casebook ls ev/B-1 --passphrase-fd 3 3< pass'
says '/var/log/auth.log'
expect 0 sh -c 'casebook get ev/B-1 /var/log/auth.log --proof --out shown --passphrase-fd 3 3< pass'
cmp shown/auth.log tree/var/log/auth.log || fail "the exhibit differs"
expect 0 casebook verify shown/auth.log.proof
says 'INTACT'
XDG_CONFIG_HOME=$work/nobody expect 3 casebook verify shown/auth.log.proof
expect 0 casebook verify shown/auth.log.proof --anchor "$XDG_CONFIG_HOME/casebook/keys/ada.ssh.pub"
printf x >> shown/auth.log
expect 4 casebook verify shown/auth.log.proof
says 'TAMPERED'
secret=$(sh -c 'casebook ls ev/B-1 --find shadow --passphrase-fd 3 3< pass' 2> /dev/null)
case $secret in *'listed'*|*'redacted'*|'') ;; *) fail "shadow was copied: $secret" ;; esac

# Stock programs open the same bag.
sh -c 'casebook key show ev/B-1 --passphrase-fd 3 3< pass' > id 2> err
expect 0 sh -c 'age -d -i id ev/B-1/bag.tar.zst.age | zstd -dc | tar t'
says '/data/files/var/log/auth.log'

# Without a ticket: unratified until a person stands up for it.
expect 0 casebook collect --root tree --profile logs --out ev
says 'no ticket'
expect 3 sh -c 'casebook verify ev/B-2 --passphrase-fd 3 3< pass'
says 'who sealed it'
expect 2 casebook ticket ratify ev/B-2
expect 0 sh -c 'casebook ticket ratify ev/B-2 --reason "called at two" --passphrase-fd 3 3< pass'
expect 0 sh -c 'casebook verify ev/B-2 --passphrase-fd 3 3< pass'
says 'ratified by ada'
says '3 events'

# A second run under a ticket for one marks both seals.
expect 0 casebook collect --root tree --profile logs --ticket t --out ev
expect 3 sh -c 'casebook verify ev/B-1 --passphrase-fd 3 3< pass'
says 'which seal under this ticket counts'

# Other evidence.
printf 'pasted\n' > chat.txt
expect 0 sh -c 'casebook add chat.txt --source "chat room" --method pasted --out ev --passphrase-fd 3 3< pass'
says 'SEALED  B-4'
expect 0 sh -c 'casebook verify ev/B-4 --passphrase-fd 3 3< pass'
expect 0 sh -c 'casebook get ev/B-4 chat.txt --out shown --passphrase-fd 3 3< pass'
cmp shown/1-chat.txt chat.txt || fail "what was added is not what comes out"
expect 1 sh -c 'casebook get ev/B-4 nothing.txt --out shown --passphrase-fd 3 3< pass'
[ "$(grep -o nothing.txt err | wc -l)" = 1 ] || fail "the name is said more than once: $(cat err)"
echo "evidence: ok"
