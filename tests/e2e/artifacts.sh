#!/bin/sh
# What the collector may take, shown and checked, and the completion that shells load.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
expect 0 casebook artifact list
says 'not supported yet'
rules=$(casebook artifact list --json | jq '[.artifacts[].rules] | add')
[ "$rules" -gt 4000 ] || fail "only $rules rules"
casebook artifact list --json | jq -e '[.artifacts[].stage] == ([.artifacts[].stage] | sort)' > /dev/null || fail "not in order of stages"
triage=$(casebook artifact list --profile triage --json | jq '[.artifacts[].rules] | add')
[ "$triage" -lt "$rules" ] || fail "a profile is everything"
expect 1 casebook artifact list --profile nonsense
one_clear_line
expect 0 casebook artifact list --not-yet
expect 0 casebook artifact show session.logins
says 'Who is logged in'
says '/run/utmp'
casebook artifact show session.logins --json | jq -e '.id == "session.logins"' > /dev/null || fail "not the definition"
expect 1 casebook artifact show nonsense
warns 'casebook artifact list'

# Each file that ships is good.
for file in "$top"/policies/artifacts/[0-9]*.json; do
  expect 0 casebook artifact lint "$file"
  says ', 0 findings'
done
# Bad ones: the line, what is wrong, what to do.
logins=$top/policies/artifacts/06-sessions.json
bad() { # bad LINE WHAT HINT FILE
  expect 1 casebook artifact lint "$4"
  says "$4:$1: "
  says "$2"
  says "$3"
}
line=$(grep -n '"id": "session.logins/logind-users"' "$logins" | cut -d: -f1)
sed "${line}s/\"kind\": \"kernel\"/\"kind\": \"kernal\"/" "$logins" > bad.json
bad "$line" 'entry session.logins/logind-users: kind: unknown value' 'docs/spec/artifacts.md' bad.json
line=$(grep -n '"id": "session.logins",' "$logins" | cut -d: -f1)
sed "0,/\"triage\"/s//\"traige\"/" "$logins" > bad.json
bad "$line" 'unknown profile traige' 'did you mean triage?' bad.json
sed "${line}s/,\$//" "$logins" > bad.json
bad $((line + 1)) 'not JSON at byte' 'strict JSON' bad.json
sed 's/"stage": 6,/"stage": 7,/' "$logins" | sed '0,/"stage": 7,/s//"stage": 6,/' > bad.json
bad "$line" 'stage 7 in a file of stage 6' 'move it' bad.json
[ "$(casebook artifact lint bad.json --json | jq '.findings | length')" -gt 1 ] || fail "only the first finding is told"
printf '{"format": "else"}' > bad.json
bad 1 'neither casebook-artifacts' 'policies/artifacts' bad.json
expect 1 casebook artifact lint none.json
one_clear_line

# Completion: the scripts load without a word and know what may follow.
if command -v bash > /dev/null; then
  casebook completion bash > done.bash
  bash -n done.bash || fail "bash cannot parse it"
  got=$(bash --norc -c '. ./done.bash; COMP_WORDS=(casebook ticket r); COMP_CWORD=2; _casebook; echo "${COMPREPLY[*]}"; complete -p casebook' 2>&1)
  case $got in *ratify*_casebook*) ;; *) fail "bash completes: $got" ;; esac
else
  echo "artifacts: no bash here"
fi
if command -v zsh > /dev/null; then
  casebook completion zsh > _casebook
  zsh -n _casebook || fail "zsh cannot parse it"
  got=$(zsh -f -c 'autoload -Uz compinit; compinit -u -D; . ./_casebook; print -r -- $_comps[casebook]; _casebook_next ticket; print -r -- $next' 2>&1) || fail "zsh: $got"
  case $got in *_casebook*ratify*) ;; *) fail "zsh completes: $got" ;; esac
else
  echo "artifacts: no zsh here"
fi
echo "artifacts: ok"
