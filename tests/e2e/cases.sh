#!/bin/sh
# The board of many cases: what this home knows, what lies below a folder, the most urgent first; drills are marked, what
# cannot be opened is listed with why; one question for the passphrase.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
expect 1 casebook status --cases
warns 'no case was opened or used here yet'
one_clear_line
for person in ada ben; do expect 0 casebook key new $person --no-passphrase; done
open_case() { # open_case DIR PERSON [OPTION...]: remembers its code name as name_DIR
  dir=$1
  who=$2
  shift 2
  expect 0 is "$who" open "case $dir" --dir "all/$dir" "$@"
  name=$(sed -n 's/^case \([a-z-]*\).*/\1/p' out)
  eval "name_$dir=$name"
}
mkdir all
open_case mild ada
expect 0 is ada fact severity=3 --case all/mild
open_case grave ada
expect 0 is ada fact severity=1 --case all/grave
open_case drill ada --drill
expect 0 is ada fact severity=1 --case all/drill
open_case untold ada
open_case bens ben

# shellcheck disable=SC2154 # set by open_case
order="$name_untold $name_grave $name_mild $name_drill"
expect 3 is ada status --cases
[ "$(grep -v '^ ' out | head -n 4 | sed 's/ .*//' | tr '\n' ' ')" = "$order " ] || fail "not the most urgent first: $order"
tr -s '\n ' ' ' < out | grep -q "$name_grave Sev-1 .*[0-9] yours .* in [0-9]" || fail "level, yours and clock are missing"
grep -q "^$name_untold  *Sev-?" out || fail "a level was made up"
grep -q "^$name_drill  *DRILL" out || fail "a drill looks real"
# shellcheck disable=SC2154
says_wrapped "$name_bens: not opened: "
[ "$(grep -c DRILL out)" = 1 ] || fail "more than one drill"
expect 3 env LC_ALL=nl_NL.UTF-8 casebook status --cases --as ada
says 'voor jou'
says 'OEFENING'
says_wrapped "$name_bens: niet geopend: "
if grep -qE 'yours|late by|DRILL' out; then fail "English on a Dutch board"; fi

# The same for programs.
expect 3 is ada status --cases --json
python3 - "$order" "$name_bens" out << 'CHECK' || fail "the JSON"
import json, sys
board = json.load(open(sys.argv[3]))
assert board["format"] == "casebook-cases/1"
assert [row["case"] for row in board["cases"]] == sys.argv[1].split(), board
assert [row["severity"] for row in board["cases"]] == [None, 1, 3, 1]
assert [row["drill"] for row in board["cases"]] == [False, False, False, True]
assert all(row["due"] and row["clock"] and row["mine"] > 0 and row["late"] == 0 for row in board["cases"])
assert [row["case"] for row in board["unread"]] == [sys.argv[2]] and board["unread"][0]["why"]
CHECK

# Below a folder, for somebody whose home knows none of them; and each once.
XDG_STATE_HOME=$work/elsewhere
export XDG_STATE_HOME
expect 1 is ada status --cases
expect 3 is ada status --cases all all/mild
[ "$(wc -l < out)" -ge 5 ] || fail "cases below the folder are missing"
[ "$(grep -c "^$name_mild" out)" = 1 ] || fail "a case stands twice"
expect 0 is ada status --cases all/mild all/grave
[ "$(grep -vc '^ ' out)" = 2 ] || fail "not the cases that were named"
mkdir empty
expect 1 is ada status --cases empty
warns 'empty: no case there or below'
one_clear_line
expect 2 is ada status all
warns 'with --cases'
one_clear_line
unset XDG_STATE_HOME

# In a narrow terminal a list; what is late comes first, whatever its level.
expect 0 env COLUMNS=50 casebook status --cases all/mild all/grave --as ada
[ "$(awk 'length($0) > 50' out | wc -l)" = 0 ] || fail "wider than the terminal"
[ "$(wc -l < out)" -ge 8 ] || fail "no list"

# A folder that is gone and one that was tampered with are lines, not the end.
mv all/mild all/moved
printf 'x' >> all/grave/case.json
expect 3 is ada status --cases
says_wrapped "$name_untold"
[ "$(tr -s '\n ' ' ' < out | grep -oE ': not opened:|: gone from' | wc -l)" = 3 ] || fail "not every unread case is listed"

# A case that was deleted is forgotten when somebody says so, by code name or folder; nothing else is touched.
rm -r all/moved
says_wrapped "$name_mild: gone from $work/all/mild; casebook status --cases --forget $name_mild"
expect 0 casebook status --cases --forget "$name_mild"
says_wrapped "$name_mild is off the list"
expect 1 casebook status --cases --forget "$name_mild"
warns 'remembers no case of that name or folder'
one_clear_line
expect 0 casebook status --cases --forget all/drill/
[ -e all/drill/case.json ] || fail "a case was deleted"
expect 3 is ada status --cases
if grep -qE "$name_mild|$name_drill" out; then fail "still on the list"; fi
expect 2 casebook status --forget "$name_untold"
one_clear_line
expect 3 env LC_ALL=nl_NL.UTF-8 casebook status --cases --as ada
mv all/grave all/hidden
expect 3 env LC_ALL=nl_NL.UTF-8 casebook status --cases --as ada
says_wrapped "$name_grave: niet meer in "

# One line a case within 78 columns, however long the name of its clock is and however wide the terminal.
expect 0 env COLUMNS=100 casebook status --cases all/untold --as ada
[ "$(wc -l < out)" = 1 ] || fail "a case on several lines"
[ "$(awk 'length($0) > 78' out | wc -l)" = 0 ] || fail "wider than 78 columns"
grep -q 'in [0-9]* min ' out || fail "no time"

# One question for all cases. The person of a case may have a passphrase: asked once, a wrong one said once.
XDG_STATE_HOME=$work/third XDG_CONFIG_HOME=$work/config-cy
export XDG_STATE_HOME XDG_CONFIG_HOME
printf 'correct horse battery\ncorrect horse battery\n' > pass
secret() { casebook "$@" --passphrase-fd 3 3< pass; }
expect 0 secret key new cy
printf 'correct horse battery\n' > pass # one line: a second question would find none
for dir in one two three; do expect 0 secret open "$dir" --dir "mine/$dir"; done
expect 0 secret status --cases
[ "$(grep -vc '^ ' out)" = 3 ] || fail "not three cases"
printf 'wrong\n' > pass
expect 6 secret status --cases
one_clear_line
