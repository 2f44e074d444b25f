#!/bin/sh
# Over ssh to servers of our own on the loopback: the collector runs from memory, the bag arrives here.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || { echo "remote: skipped: no sshd"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "remote: skipped: needs root"; exit 77; }
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f login
cp login.pub authorized
chmod 700 "$work"
stop_servers() {
  for pid in "$work"/*.pid; do [ ! -f "$pid" ] || kill "$(cat "$pid")" 2> /dev/null || true; done
}
trap 'stop_servers; rm -rf "$work"' EXIT
port=$((20000 + $$ % 20000))
serve() { # serve NAME [LINE...]: an sshd on the next port; further lines go into its configuration
  name=$1
  port=$((port + 1))
  shift
  ssh-keygen -q -t ed25519 -N '' -f "host_key_$name"
  {
    printf '%s\n' "Port $port" "ListenAddress 127.0.0.1" "HostKey $work/host_key_$name" \
      "AuthorizedKeysFile $work/authorized" "PidFile $work/$name.pid" "StrictModes no" "UsePAM no" \
      "PermitRootLogin yes" "$@"
  } > "$name.conf"
  "$sshd" -f "$work/$name.conf" -E "$work/$name.log" || fail "no sshd"
  tries=0 # It listens a while after it went into the background.
  until ssh-keyscan -T 2 -p "$port" 127.0.0.1 2> /dev/null | grep -q ssh-; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { cat "$work/$name.log" >&2; fail "sshd does not answer"; }
    sleep 0.2
  done
  printf '%s\n' "Host $name" "  HostName 127.0.0.1" "  Port $port" "  User root" "  IdentityFile $work/login" \
    "  StrictHostKeyChecking accept-new" "  UserKnownHostsFile $work/known_hosts" "  LogLevel ERROR" >> ssh_config
}
from() { # from HOST WORDS...: collects a tree there
  host=$1
  shift
  casebook collect --from "$host" --ssh-option -F --ssh-option "$work/ssh_config" --root "$work/tree" --profile logs \
    --reserve 1M "$@"
}
serve target
serve gate
small_tree tree
casebook key new ada --no-passphrase > /dev/null 2>&1

# Unratified and under a ticket.
expect 0 from target --out ev
says 'target  root; running from memory (memfd by'
says 'COMPLETE  B-1'
expect 0 casebook verify ev/B-1
says 'INTACT'
expect 0 casebook ticket new --purpose test --profile logs --out t
expect 0 from target --ticket t --out ev
expect 0 casebook verify ev/B-2
says 'ticket of ada'
expect 1 from 127.0.0.2 --ssh-option -p --ssh-option 1 --out ev
warns 'no bag came'
one_clear_line
expect 2 from target --dry-run

# Through a second server; only the first knows the way.
expect 0 from target --jump gate --out ev
says 'COMPLETE  B-3'
grep -q 'Accepted publickey' gate.log || fail "nobody came through the gate"
kill "$(cat gate.pid)"
expect 1 from target --jump gate --out ev
warns 'no bag came'

# Where there is neither Python nor Perl, the program goes through a tmpfs and is unlinked there.
serve bare "ForceCommand PATH=$work/few; export PATH; eval \"\$SSH_ORIGINAL_COMMAND\""
mkdir few
for tool in sh id uname grep dd chmod rm; do ln -s "$(command -v $tool)" few/$tool; done
expect 0 from bare --out ev
says '(/dev/shm, unlinked)'
[ -z "$(find /dev/shm -name '.casebook-*')" ] || fail "the program was left in /dev/shm"

# The budgets go over.
mkdir -p tree/var/log/big
i=0
while [ $i -lt 60 ]; do
  head -c 1000000 /dev/urandom > "tree/var/log/big/$i.log"
  i=$((i + 1))
done
expect 3 from target --max-bytes 8M --out ev
says 'PARTIAL'
says 'the limit of bytes was reached'
expect 1 from target --reserve 900T --out ev
warns 'are to stay free'
one_clear_line

# Ctrl-C here seals there what it has; it arrives as partial. The other side reads slowly enough.
bags_before=$(find ev -name seal.json | wc -l)
slow() { from target --cpu-limit 2 --out ev; }
(trap - INT; exec "$bin/casebook" collect --from target --ssh-option -F --ssh-option "$work/ssh_config" \
  --root "$work/tree" --profile logs --reserve 1M --cpu-limit 2 --out ev > "$work/out" 2> "$work/err" < /dev/null) &
child=$!
sleep 3
kill -TERM $child
got=0
wait $child || got=$?
[ "$got" = 3 ] || fail "status $got instead of 3 after SIGTERM"
says 'PARTIAL'
says 'ended by the side that receives'
[ "$(find ev -name seal.json | wc -l)" -gt "$bags_before" ] || fail "no seal after SIGTERM"

# The connection dies half-way: what came is kept under its unsealed name, nobody is left over there.
slow > "$work/out" 2> "$work/err" < /dev/null &
child=$!
sleep 3
pkill -9 -P "$(pgrep -n -f "ssh -T .*$work/ssh_config")" 2> /dev/null || true
kill -9 "$(pgrep -n -f "ssh -T .*$work/ssh_config")" || fail "no ssh to kill"
got=0
wait $child || got=$?
[ "$got" = 1 ] || fail "status $got instead of 1 after a dead connection"
warns 'target: '
for bag in ev/*/; do
  [ -f "$bag/seal.json" ] && continue
  [ -z "$(find "$bag" -type f ! -name '*.part')" ] || fail "a cut bag has a final name: $(ls "$bag")"
done
tries=0
while pgrep -f '^casebook-collect --json --until-input-ends' > /dev/null; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || fail "the collector runs on without anybody to talk to"
  sleep 0.1
done
rm -r tree/var/log/big

# Nothing is written to the target's disk: over there the whole disk is an overlay whose upper side we keep.
stop_servers
overlay=no
unshare -m true 2> /dev/null && overlay=yes
if [ $overlay = yes ]; then
  mkdir disk
  cat > enter <<'SCRIPT'
#!/bin/sh
# usage: enter WORK COMMAND: runs it on a disk whose changes land in WORK/disk/up
mount -t tmpfs none "$1/disk" && mkdir "$1/disk/up" "$1/disk/tmp" "$1/disk/root" || exit 71
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/disk/up,workdir=$1/disk/tmp" "$1/disk/root" || exit 71
for place in proc sys dev dev/shm run; do mount --bind "/$place" "$1/disk/root/$place" || exit 71; done
chroot "$1/disk/root" /bin/sh -c "$2"
status=$?
(cd "$1/disk/up" && find . -mindepth 1 ! -type d) >> "$1/written" 2>&1
exit $status
SCRIPT
  chmod +x enter
  serve sealed "ForceCommand unshare -m $work/enter $work \"\$SSH_ORIGINAL_COMMAND\""
  ssh -F ssh_config sealed 'echo control > /var/tmp/casebook-control'
  grep -q casebook-control written || fail "the overlay does not show what is written"
  : > written
  expect 0 from sealed --out ev
  says 'COMPLETE'
  [ ! -s written ] || fail "written to the target's disk: $(head -5 written)"
else
  echo "remote: overlay part skipped: no mount namespace"
fi
echo "remote: ok"
