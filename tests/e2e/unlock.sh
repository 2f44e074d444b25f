#!/bin/sh
# The key agent: one passphrase for many commands, gone by lock, by time or with nobody held; refused where
# somebody else may listen. docs/spec/agent.md
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
XDG_RUNTIME_DIR=$work/run
export XDG_RUNTIME_DIR
mkdir -m 700 run
trap 'casebook lock > /dev/null 2>&1; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
small_tree tree
printf 'a long sentence\na long sentence\n' > pass
expect 0 sh -c 'casebook key new ada --passphrase-fd 3 3< pass'
expect 0 sh -c "casebook ticket new --purpose test --profile logs --out t --passphrase-fd 3 3< pass"
expect 0 casebook collect --root tree --profile logs --ticket t --out ev
expect 0 casebook collect --root tree --profile logs --out ev
expect 0 casebook collect --root tree --profile logs --out ev --to "$(casebook key show --json | jq -r .recipient)"

# Locked: no terminal, no passphrase, no answer.
expect 6 casebook ls ev/B-1
warns 'ada.age-identity'
expect 0 casebook unlock --show
says 'nobody is unlocked here'
expect 0 casebook lock
expect 6 sh -c 'echo wrong | casebook unlock --passphrase-fd 0'
[ ! -e run/casebook/agent.sock ] || fail "an agent was started for a wrong passphrase"

# Unlocked: bags under a ticket and without one open, their custody is read, nothing is asked.
expect 0 sh -c 'casebook unlock --idle 10m --for 1h --passphrase-fd 3 3< pass'
says 'ada  locked again in'
[ "$(stat -c '%a %F' run/casebook)" = '700 directory' ] || fail "the folder is open"
[ "$(stat -c %F run/casebook/agent.sock)" = socket ] || fail "no socket"
for bag in B-1 B-2 B-3; do
  expect 0 casebook ls ev/$bag
  says '/var/log/auth.log'
done
expect 0 casebook verify ev/B-1
says 'INTACT'
expect 0 casebook get ev/B-1 /var/log/auth.log --out shown
casebook unlock --show --json | jq -e '.persons | length == 1 and .[0].name == "ada" and .[0].can_sign
  and .[0].idle_seconds_left > 500 and .[0].absolute_seconds_left > 3000' > /dev/null || fail "the list"

# A backup is recorded by a fresh act: without one nothing is copied.
expect 0 sh -c 'casebook open "Odd logins" --dir case --passphrase-fd 3 3< pass'
expect 6 casebook backup copy --case case
[ ! -e copy ] || fail "a copy that the case does not know of"
expect 0 sh -c 'casebook backup copy --case case --passphrase-fd 3 3< pass'

# Notes, files, findings and imports bind nobody: nothing is asked.
printf 'ada 02:00\nthe login page is slow\n' > chat
expect 0 casebook note add 'with a file' --attach chat --case case
expect 0 casebook import chat --kind transcript --date 2026-11-21 --zone UTC --case case
expect 0 casebook record finding 'one account' --account root --case case
expect 6 sh -c 'echo litigation | casebook hold set --case case'

# A signature on a ticket is no note: it still needs the person.
expect 6 casebook ticket new --purpose test --profile logs --out t2

# Nobody looks into the process: no core, not dumpable, memory locked, no descriptor of ours, no key in its words.
pid=$(pgrep -u "$(id -u)" -f '^casebook key-agent-process$' | while read -r each; do
  [ "$(readlink "/proc/$each/exe")" = "$(readlink -f "$bin/casebook")" ] && echo "$each"; done | tail -n 1)
[ -n "$pid" ] || fail "where is the agent?"
grep -q '^Max core file size *0 *0' "/proc/$pid/limits" || fail "it may dump core"
[ "$(awk '/^VmLck/ {print $2}' "/proc/$pid/status")" -gt 0 ] || fail "no memory is locked"
[ "$(stat -c %u "/proc/$pid/environ")" = 0 ] || fail "it is dumpable"
[ "$(find "/proc/$pid/fd" -mindepth 1 | wc -l)" -le 5 ] || fail "it holds descriptors of others: $(ls -l "/proc/$pid/fd")"
[ "$(readlink "/proc/$pid/cwd")" = / ] || fail "it holds a folder"

# Locked again, by hand and by time.
expect 0 casebook lock
expect 6 casebook ls ev/B-1
expect 0 sh -c 'casebook unlock --idle 1s --for 1s --passphrase-fd 3 3< pass'
sleep 2.2
expect 6 casebook ls ev/B-1
expect 2 casebook unlock --for 25h

# Killed: the dead socket is replaced.
expect 0 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
for each in $(pgrep -u "$(id -u)" -f '^casebook key-agent-process$'); do
  [ "$(readlink "/proc/$each/exe")" = "$(readlink -f "$bin/casebook")" ] && kill -9 "$each"
done
expect 6 casebook ls ev/B-1
expect 0 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
expect 0 casebook ls ev/B-1
expect 0 casebook lock

# Squatted: a folder that others may enter, a link, a socket of another user. The passphrase is not even asked for.
sleep 0.2
chmod 711 run/casebook
expect 1 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
warns 'not a folder of ours alone'
rm -rf run/casebook
ln -s /tmp run/casebook
expect 1 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
rm run/casebook
mkdir -m 700 run/casebook
ln -s /dev/null run/casebook/agent.sock
expect 1 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
warns 'not a socket of ours'
if [ "$(id -u)" = 0 ]; then
  rm run/casebook/agent.sock
  chown 65534 run/casebook
  expect 1 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
  warns 'not a folder of ours alone'
fi
rm -rf run/casebook

# A runtime folder that is not ours alone is passed by.
chmod 755 run
expect 0 sh -c 'casebook unlock --passphrase-fd 3 3< pass'
[ -S "$HOME/.casebook-run/agent.sock" ] || fail "the socket lies elsewhere"
expect 0 casebook ls ev/B-1
expect 0 casebook lock

# From an empty home one passphrase, typed twice because it is new: the next commands ask nothing.
HOME=$work/newcomer XDG_CONFIG_HOME=$work/newcomer/config
mkdir "$HOME"
printf 'a long new secret\na long new secret\n' > new
expect 0 sh -c 'casebook open "Odd logins" --dir first --unlock --passphrase-fd 3 3< new'
says 'locked again in'
expect 0 setsid casebook fact personal_data=suspected severity=2
expect 0 setsid casebook sitrep
says 'Sev-2'
expect 5 setsid casebook why close
says 'things are missing for close'
expect 0 casebook lock
expect 6 setsid casebook why close
one_clear_line
echo "unlock: ok"
