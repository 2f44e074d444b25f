#!/bin/sh
# One statement shown to somebody outside, and nothing else of the case: checked by us and by stock programs.
# docs/spec/disclosure.md; RT-32 (the count comes from the signed head); S4-15b (for prosecutors, regulators and courts).
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
stranger() { XDG_CONFIG_HOME=$work/stranger/config XDG_STATE_HOME=$work/stranger/state casebook "$@"; }
for person in ada cy; do expect 0 casebook key new $person --no-passphrase; done
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
expect 0 me person add cy --with cy
expect 0 me note add 'a first secret about aardvarks'
expect 0 me note add 'the login page was slow at two'
expect 0 me note add 'a third secret about zebras'
number=$(me find slow --json | jq -r '.hits[0].number')
expect 2 me note show "$number" --proof
expect 0 me note show "$number" --proof --out note.json --json
[ "$(stat -c %a note.json)" = 600 ] || fail "the file is open to others"
log=$(jq -r .log_key out)
ada=$(me key show --json | jq -r .fingerprint)

# Nothing else of the case is in it: no title, no other word, no other person.
if grep -qi -e aardvark -e zebra -e 'odd logins' -e '"cy"' note.json; then fail "more than one statement"; fi
expect 0 stranger verify note.json --anchor "$ada" --anchor "$log"
says 'INTACT'
says 'the login page was slow at two'
expect 3 stranger verify note.json
says 'not known here'
expect 3 stranger verify note.json --anchor "$ada"
says 'compare the head'
expect 0 me note show "$number" --without-words --out act.json
if grep -q slow act.json; then fail "the words are there"; fi
expect 0 stranger verify act.json --anchor "$ada" --anchor "$log"
expect 1 me note show 999 --proof --out none.json
one_clear_line

# Any statement, also of the skeleton; an imported message without the others of its batch.
expect 0 me note show 0 --proof --out opening.json
expect 0 stranger verify opening.json --anchor "$ada" --anchor "$log"
says 'case.open'
printf 'ada 02:00\nthe first line\n\nben 02:01\nthe second line\n' > chat
expect 0 me import chat --kind transcript --date 2026-11-21 --zone UTC
item=$(me find second --json | jq -r '.hits[0].item')
expect 0 me note show "$item" --proof --out message.json
if grep -q 'first line' message.json; then fail "another message of the batch"; fi
expect 0 stranger verify message.json --anchor "$ada" --anchor "$log"
says 'the second line'

# Every change is found.
for change in '.salt |= sub("^."; "x")' '.salt |= (.[1:] + "0")' '.texts[0].item |= sub("slow"; "fast")' \
  '.texts[0].salt |= (.[1:] + "0")' '.entry.index = "1"' '.entry.path |= .[1:]' '.entry.line |= sub("seq\":."; "seq\":9")' \
  '.record |= sub("casebook-statement"; "casebook-statemint")' '.head |= sub("size\":"; "size\":1")' '.texts = []' \
  '.head_signature |= sub("[A-Z]"; "0")' '.extra = 1'; do
  jq -cSj "$change" note.json > changed.json
  echo >> changed.json
  got=0
  stranger verify changed.json --anchor "$ada" --anchor "$log" > out 2> err || got=$?
  if [ "$change" = '.texts = []' ]; then [ $got = 0 ] || fail "leaving the words out is no change"; continue; fi
  [ $got = 4 ] || [ $got = 1 ] || fail "$got for $change"
done

# Without a line of ours.
command -v jq > /dev/null && command -v openssl > /dev/null || exit 77
sed -n '/^#!\/bin\/bash/,/^echo "the line/p' "$top/docs/spec/merkle.md" > check-line
chmod +x check-line
sed -n '/^f=note.json/,/^```/p' "$top/docs/spec/disclosure.md" | sed '$d' > stock
bash -eu stock > out 2> err || fail "the page's commands fail"
says 'Good "casebook-head@v1" signature'
says 'the line belongs to the list'
says 'Good "casebook-statement@v1" signature'
commit=$(jq -r '.entry.line | fromjson | .commit' note.json)
says "$commit"
leaf=$(jq -r '.record | fromjson | .statement | fromjson | .digests.item' note.json)
says "$leaf"
says "${ada#SHA256:}"

# An erased statement cannot be shown any more.
echo 'asked for' > why
me erase "$number" --with cy < why > out 2> err || fail "erasing"
expect 1 me note show "$number" --proof --out gone.json
one_clear_line
echo "disclosure: ok"
