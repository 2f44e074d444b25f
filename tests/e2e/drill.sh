#!/bin/sh
# A drill that is kept: a case on disk with the keys of its cast, marked as a drill, that the other commands read and that
# leaves for nobody. It is stopped early here; the whole story is in tests/e2e/runbook.sh and workflow/Drill.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
read_as() { # read_as PERSON COMMAND...
  who=$1
  shift
  XDG_CONFIG_HOME=$work/play/cast XDG_STATE_HOME=$work/play/cast casebook "$@" --as "$who" --case "$work/play/case"
}
(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do echo; done; echo q) > answers
casebook drill --step --lang nl --keep play < answers > out 2> err || fail "the drill did not go as told"
says 'play/cast'
says 'casebook status --as ada'
# Nothing of it is among the keys or cases of who watched.
[ ! -e "$XDG_CONFIG_HOME/casebook" ] || fail "the cast came into this user's keys"
expect 0 read_as ada status
says DRILL
says 'Incident commander ada'
expect 0 read_as eve timeline
says 'waar niemand zit'
expect 5 read_as ada why close
says 'things are missing for close'
expect 0 read_as ada postmortem --out review.md
grep -q 'DRILL' review.md || fail "the review does not say that it was a drill"
expect 3 read_as ada verify play/case
says CONSISTENT
# It is no incident, and nothing of it is sent.
expect 1 read_as ada report register
warns 'stand in no register'
expect 1 read_as ben update customers 'We look into it' channel=email --eml mail.eml
warns 'nothing of it leaves'
[ ! -e mail.eml ] || fail "a mail of a drill was written"
expect 1 read_as cy report gdpr-authority release
warns 'nothing of it leaves'
expect 0 read_as ada sitrep --preview
says DRILL
# A folder that is there is left alone.
expect 1 casebook drill --keep play
warns 'is there already'
one_clear_line
