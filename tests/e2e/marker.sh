#!/bin/bash
# RT-29: after a short day's use no word of counsel, no note, key or passphrase stands in any file, history, temp folder,
# process listing, environment, core or log; $EDITOR is never started.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export TMPDIR=$work/tmp XDG_RUNTIME_DIR=$work/run XDG_STATE_HOME=$work/state EDITOR=$work/editor VISUAL=$work/editor
mkdir -m 700 tmp run paper
trap 'casebook lock > /dev/null 2>&1; touch "$work/stop" 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
printf '#!/bin/sh\ncp "$1" %s/edited\n' "$work" > editor
chmod +x editor
ulimit -c unlimited 2> /dev/null || true

# What must stand nowhere; "paper" is what people hold in their hands and is not looked at.
words=(xylophonemarker quaggamarker okapimarker tapirmarker axolotlmarker)
pass='a marmoset-long passphrase'
printf '%s\n%s\n' "$pass" "$pass" > paper/pass
echo "counsel thinks of the ${words[0]} here" > paper/legal
printf 'login page slow, %s\nsecond line %s\n' "${words[1]}" "${words[1]}" > paper/lines
echo "a file with ${words[2]}" > paper/file
printf 'ada 02:00\nsaw the %s\n' "${words[3]}" > paper/chat
echo "purpose ${words[4]}" > paper/purpose

# Everything that runs of ours is looked at while it runs.
watch() {
  while [ ! -e stop ]; do
    for each in /proc/[0-9]*; do
      [ "$(readlink "$each/exe" 2> /dev/null)" = "$(readlink -f "$bin/casebook")" ] || continue
      { cat "$each/cmdline" "$each/environ" || true; echo; } >> listing 2> /dev/null
    done
  done
}
watch & watcher=$!

# The day, typed into a shell that keeps its history.
cat > day <<'DAY'
casebook key new ada --passphrase-fd 3 3< paper/pass
casebook key new cy --no-passphrase
casebook open 'Odd logins' --dir case --as ada --passphrase-fd 3 3< paper/pass
casebook person add cy --with cy --as ada --passphrase-fd 3 3< paper/pass
casebook role legal cy --as ada --passphrase-fd 3 3< paper/pass
casebook role legal cy --as cy
casebook access begin legal --as cy
casebook unlock --as ada --passphrase-fd 3 3< paper/pass
casebook note --as ada < paper/lines
casebook note add --attach paper/file --as ada < paper/lines
casebook import paste --date 2026-11-21 --zone UTC --as ada < paper/chat
casebook note add --in legal --as cy < paper/legal
casebook note add --to legal --as ada < paper/legal
casebook note take --as cy
casebook undo --as ada
casebook find login --as ada
casebook access recovery --out paper/page --as cy
casebook rotate legal --as cy
casebook backup copy --as cy
casebook verify case --as cy
casebook lock
DAY
HISTFILE=$work/history bash --noprofile --norc -i < day > paper/day.out 2>&1 || true
number=$(casebook find counsel --in legal --as cy --json | jq -r '.hits[0].number')
casebook privilege set "$number" --basis attorney_client --to cy --as cy < paper/purpose > paper/out 2>&1 || { cat paper/out; fail "a label"; }
if casebook note add "text for legal as an argument" --in legal --as cy > out 2> err; then fail "text for legal was taken as an argument"; fi
casebook find --as cy --json > paper/found
touch stop
wait $watcher

# The day took place.
for word in "${words[0]}" "${words[1]}" "${words[3]}"; do
  casebook find "$word" --as cy > paper/found || true
  grep -q "$word" paper/found || { cat paper/day.out; fail "the day went wrong: $word"; }
done
[ -s history ] || fail "there is no history"
[ -s listing ] || fail "nothing was seen running"
[ ! -e edited ] || fail "an editor was started"

secrets=("${words[@]}" "$pass" "AGE-SECRET-KEY-1" "-----BEGIN OPENSSH PRIVATE KEY")
for secret in "${secrets[@]}"; do
  # Keys without a passphrase and the machine's log key are files by their nature.
  found=$(grep -rlaF -e "$secret" . --exclude-dir=paper --exclude=day --exclude='cy.ssh' --exclude='cy.age-identity' \
    --exclude='*.ssh' || true)
  [ -z "$found" ] || fail "$secret stands in $found"
done
[ -z "$(find "$TMPDIR" "$HOME" -type f)" ] || fail "left behind: $(find "$TMPDIR" "$HOME" -type f)"
[ -z "$(find . -name 'core*' -type f)" ] || fail "a core was written"
echo "marker: ok"
