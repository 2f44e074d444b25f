#!/bin/sh
# Signing by a real ssh-agent instead of a key file: tickets, ratification, hand-over, and whose key an agent may be.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
command -v ssh-agent > /dev/null || { echo "signing: skipped: no ssh-agent"; exit 77; }
small_tree tree
ssh-agent -a "$work/agent" > agent.env
agent_pid=$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\);.*/\1/p' agent.env)
trap 'kill "$agent_pid" 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
with_agent() { SSH_AUTH_SOCK=$work/agent "$@"; }

# A key that only the agent has: taken with its signature over a challenge, refused without.
ssh-keygen -q -t ecdsa -b 256 -N '' -f elsewhere
expect 1 casebook key new ben --agent-key elsewhere.pub --no-passphrase
warns 'no ssh-agent to sign with'
expect 1 with_agent casebook key new ben --agent-key elsewhere.pub --no-passphrase
warns 'ssh-add'
one_clear_line
[ ! -e "$XDG_CONFIG_HOME/casebook/keys/ben.ssh.pub" ] || fail "a key that nobody showed was taken"
with_agent ssh-add -q elsewhere
rm elsewhere
expect 0 as ben with_agent casebook key new ben --agent-key elsewhere.pub --no-passphrase
[ ! -e "$work/config-ben/casebook/keys/ben.ssh" ] || fail "a key file was made"
expect 0 as ben casebook key show
says 'an ssh-agent signs'

# Ada's file is protected; the agent has it, so that no passphrase is asked for.
printf 'a long sentence\na long sentence\n' > pass
expect 0 as ada sh -c 'casebook key new ada --passphrase-fd 3 3< pass'
keys=$work/config-ada/casebook/keys
expect 6 as ada casebook ticket new --purpose test --profile logs --out t
cp "$keys/ada.ssh" ada.open
ssh-keygen -q -p -P 'a long sentence' -N '' -f ada.open > /dev/null
with_agent ssh-add -q ada.open
rm ada.open
expect 0 as ada with_agent casebook ticket new --purpose test --profile logs --out t --sign-with agent
ssh-keygen -Y check-novalidate -n casebook-ticket@v1 -s t/ticket.json.sig < t/ticket.json > /dev/null ||
  fail "ssh-keygen refuses the ticket"
expect 0 as ada casebook collect --root tree --profile logs --ticket t --out ev
expect 0 as ada sh -c 'casebook verify ev/B-1 --passphrase-fd 3 3< pass'
says 'ticket of ada'

# Without a ticket: ratified by the agent; given and received by agents.
expect 0 as ben with_agent casebook collect --root tree --profile logs --out ev2 --as ben
expect 0 as ben casebook verify ev2/B-1
says 'ratified by ben'
expect 1 as ben casebook give ev2/B-1 --to "$keys/ada.ssh.pub" --recipient "$(cat "$keys/ada.age-recipient")" --out parcel
warns 'no ssh-agent to sign with'
rm -rf parcel
expect 0 as ben with_agent casebook give ev2/B-1 --to "$keys/ada.ssh.pub" --recipient "$(cat "$keys/ada.age-recipient")" --out parcel
export SSH_AUTH_SOCK="$work/agent"
expect 0 as ada sh -c "casebook receive parcel --sign-with agent --anchor '$work/config-ben/casebook/keys/ben.ssh.pub' --case lab --passphrase-fd 3 3< pass"
says 'received by ada'
unset SSH_AUTH_SOCK
expect 0 as ben casebook verify lab/evidence/B-1/receipt-*.json

# An agent that lost the key says so; one of another user is not asked.
with_agent ssh-add -q -D
expect 1 as ada with_agent casebook ticket new --purpose test --profile logs --out t2 --sign-with agent
warns 'ssh-add'
one_clear_line
expect 2 casebook version --sign-with paper
if [ "$(id -u)" = 0 ]; then
  chown 65534 agent 2> /dev/null
  chmod 711 "$work"
  cp "$(command -v ssh-agent)" other-agent
  if setpriv --reuid 65534 --clear-groups ./other-agent -a /tmp/casebook-other-$$ > other.env 2> /dev/null; then
    SSH_AUTH_SOCK=/tmp/casebook-other-$$ expect 1 as ada casebook ticket new --purpose test --profile logs --out t3 --sign-with agent
    kill "$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\);.*/\1/p' other.env)"
    rm -f /tmp/casebook-other-$$
    warns 'another user'
  fi
fi
echo "signing: ok"
