#!/bin/sh
# Over ssh to an sshd of our own on the loopback: the collector runs from memory, the bag arrives here.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || { echo "remote: skipped: no sshd"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "remote: skipped: needs root"; exit 77; }
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f host_key
ssh-keygen -q -t ed25519 -N '' -f login
cp login.pub authorized
chmod 700 "$work"
port=$((20000 + $$ % 20000))
cat > sshd_config <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $work/host_key
AuthorizedKeysFile $work/authorized
PidFile $work/sshd.pid
StrictModes no
UsePAM no
PermitRootLogin yes
CONF
"$sshd" -f "$work/sshd_config" -E "$work/sshd.log"
trap 'kill "$(cat "$work/sshd.pid")" 2>/dev/null; rm -rf "$work"' EXIT
small_tree tree
casebook key new ada --no-passphrase > /dev/null 2>&1
options="--ssh-option -p --ssh-option $port --ssh-option -i --ssh-option $work/login --ssh-option -oStrictHostKeyChecking=no
  --ssh-option -oUserKnownHostsFile=/dev/null --ssh-option -oLogLevel=ERROR"
# shellcheck disable=SC2086
expect 0 casebook collect --from root@127.0.0.1 $options --root "$work/tree" --profile logs --out ev
says 'running from memory'
says 'COMPLETE  B-1'
expect 0 casebook verify ev/B-1
says 'INTACT'
expect 0 casebook ticket new --purpose test --profile logs --out t
# shellcheck disable=SC2086
expect 0 casebook collect --from root@127.0.0.1 $options --root "$work/tree" --profile logs --ticket t --out ev
expect 0 casebook verify ev/B-2
says 'ticket of ada'
# shellcheck disable=SC2086
expect 1 casebook collect --from root@127.0.0.2 $options --root "$work/tree" --profile logs --out ev
warns 'no bag came'
echo "remote: ok"
