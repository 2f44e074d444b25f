#!/bin/sh
# Papers for people outside (docs/spec/papers.md): a stranger checks evidence with nothing but the printed custody statement,
# and the papers of a case say what the case says, in both languages, the same bytes each time.
# S4-15b: what prosecutors and courts get is a sealed bag with a statement of every digest; its proof out of the log is in
# disclosure.sh.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for program in pdftotext pdffonts python3 age jq zstd ssh-keygen; do
  command -v $program > /dev/null || { echo "no $program here"; exit 77; }
done
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || { echo "no fonts here"; exit 77; }
small_tree tree
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done

# A bag, and the statement about it.
expect 0 is ada ticket new --host web-03 --purpose 'odd logins' --profile logs --out t
expect 0 is ada collect --root tree --profile logs --path '/etc/*' --ticket t --out evidence
expect 0 is ada report custody B-1 --files --out shown
for form in html pdf json; do [ -s shown/custody-B-1.$form ] || fail "no custody-B-1.$form"; done
expect 0 is ada report custody B-1 --files --out again
cmp shown/custody-B-1.pdf again/custody-B-1.pdf || fail "two statements differ"
expect 1 is ada report custody B-1 --files --out shown
warns 'is there already'
expect 0 is ada report custody B-1
says 'How to check it with ordinary programs'

# The stranger has the bag, the key that opens it, and the printed pages. Nothing else.
printed_commands() { # printed_commands TEXT: what stands between the two sentences around the commands
  sed -n '/named like the bag id and type:/,/The first command prints/p' "$1" | sed '1d;$d'
}
check_as_stranger() { # check_as_stranger TEXT LANGUAGE_WORDS
  printed_commands "$1" > commands
  [ "$(grep -c . commands)" -ge 10 ] || fail "no commands in $1"
  rm -rf stranger
  mkdir stranger
  folder=$(basename "$(readlink -f evidence/B-1)")
  cp -r "evidence/$folder" stranger/
  is ada key show evidence/B-1 > stranger/IDENTITY.key 2> err
  sed "s|IDENTITY|$work/stranger/IDENTITY.key|" commands > typed
  (cd "stranger/$folder" && env -i PATH=/usr/bin:/bin sh -e "$work/typed") > answers 2>&1 || { cat answers; fail "$1: a printed command failed"; }
  grep -q 'Good "casebook-seal@v1" signature' answers || fail "no good signature"
  grep -q 'bag.tar.zst.age: OK' answers || fail "the archive was not compared"
  head -n 3 answers | cut -d' ' -f1 > digests
  tr -d ' \n' < "$1" > whole
  while read -r digest; do grep -qF "$digest" whole || fail "$1: digest $digest is not printed"; done < digests
}
pdftotext -layout shown/custody-B-1.pdf shown.pdf.txt
check_as_stranger shown.pdf.txt
# The page as a browser shows it: text of the elements, entities decoded.
python3 - shown/custody-B-1.html > shown.html.txt << 'PAGE'
import html, re, sys
page = open(sys.argv[1], encoding="utf-8").read().split("<body", 1)[1]
page = re.sub(r"</(p|li|h[1-6]|tr|td|th|pre|div|dt|dd)>|<br ?/?>", "\n", page)
print(html.unescape(re.sub(r"<[^>]*>", "", page)))
PAGE
check_as_stranger shown.html.txt
# A changed bit does not pass.
folder=$(basename "$(readlink -f evidence/B-1)")
cp -r "evidence/$folder" kept
change_byte "evidence/$folder/bag.tar.zst.age" 400
if (check_as_stranger shown.pdf.txt) > /dev/null 2>&1; then fail "a changed bag passed"; fi
expect 4 is ada report custody B-1 --out tampered
warns 'is not what was sealed'
[ ! -e tampered ] || fail "a statement about a changed bag"
cp kept/bag.tar.zst.age "evidence/$folder/bag.tar.zst.age"

# Papers of a case, in both languages; the clock of the machine is in none of them.
expect 0 is ada open 'Odd logins' --with ben --dir case
expect 0 is ada fact severity=2 personal_data=suspected
expect 1 is ada report sitrep
warns 'no sitrep was kept'
expect 0 is ada sitrep
expect 0 is ada record judgement row=logins level=sev2
expect 0 is ada move declare
for lang in en nl; do
  expect 0 is ada report sitrep --lang $lang --out $lang
  expect 0 is ada report postmortem --lang $lang --docx --out $lang
  expect 0 is ada report register --lang $lang --organisation 'Example Ltd' --out $lang
  expect 0 is ada report one-page --lang $lang --out $lang
  expect 0 is ada report decisions --lang $lang --organisation 'Example Ltd' --out $lang
done
for file in sitrep-1 postmortem incident-register one-page decisions; do
  for form in html pdf json; do [ -s nl/$file.$form ] || fail "no $file.$form"; done
done
[ -s nl/postmortem.docx ] || fail "no draft to edit"
grep -q 'Odd logins' en/incident-register.csv || fail "the register has no CSV"
pdftotext en/sitrep-1.pdf - | grep -q 'Sev-2' || fail "the sitrep lost its severity"
pdftotext nl/postmortem.pdf - | grep -q 'Door een mens te schrijven' || fail "the review is not in Dutch"
[ "$(pdfinfo en/one-page.pdf | sed -n 's/^Pages: *//p')" = 1 ] || fail "the one-pager has more than a page"
pdftotext en/one-page.pdf - | grep -q 'Sev-2' || fail "the one-pager lost its severity"
pdftotext en/one-page.pdf - | grep -q 'Declare' || fail "the course is not drawn"
grep -q '<svg' en/one-page.html || fail "no course in the page"
grep -q 'Sev-2.*ada' en/decisions.csv || fail "who judged how bad it is is not in the record of decisions"
pdftotext -layout nl/decisions.pdf - | grep -q 'Uitroepen *ada' || fail "a move is not in the record of decisions"

# Decisions asked for and taken; causes as a chain; a follow-up. The review for outside holds no name.
expect 0 is ada record decision 'Take the shop down?' who=ada due=+4h way=command
decision=$(sed -n 's/^decision #\([0-9]*\) .*/\1/p' out)
expect 0 is ada report one-page --lang en
says 'Take the shop down?'
expect 0 is ada 'done' "$decision" outcome=yes reason='Sessions are still open'
expect 0 is ada record dissent about=decision words='Waiting one hour would have been enough'
expect 0 is ada record why 'The cookie had no end' level=1
why=$(sed -n 's/^why #\([0-9]*\) .*/\1/p' out)
expect 0 is ada record why 'The library sets none' level=2 after="$why"
expect 0 is ada record action 'Give cookies an end' kind=prevention owner=ada next_update=+7d
expect 0 is ada report one-page --lang en
if grep -q 'Take the shop down' out; then fail "a decision that was taken is still asked for"; fi
expect 0 is ada report decisions --lang en
says 'Sessions are still open'
says 'Waiting one hour would have been enough'
expect 0 is ada report postmortem --lang en
says '2. The library sets none'
says_wrapped 'Give cookies an end'
expect 0 is ada report postmortem --lang nl
says_wrapped 'voorkomen'
expect 0 is ada report postmortem --external --lang en
for inside in 'The library sets none' 'Give cookies an end' 'Odd logins' ada; do
  if grep -qi "$inside" out; then fail "the review for outside says: $inside"; fi
done

# The organisation keeps its incidents over all cases, sealed to its roster; drills stay out.
expect 1 is ada report register --keep
one_clear_line
printf 'root words\nroot words\nroot words\n' > rootpass
expect 0 sh -c "casebook org init 'Example firm' --dir org --as ada --passphrase-fd 3 3< rootpass"
expect 0 sh -c 'casebook org person add ada --role commander --as ada --passphrase-fd 3 3< rootpass'
expect 1 is ada report register --all
one_clear_line
expect 0 is ada report register --keep
warns '1 new, 0 changed, 1 case in all'
expect 0 is ada report register --keep
warns '0 new, 0 changed, 1 case in all'
if grep -q 'Odd logins' org/incidents.age; then fail "the register lies open"; fi
expect 0 is ada open 'Printer on fire' --with ben --dir second
expect 0 is ada open 'Practice' --with ben --dir third --drill
expect 0 is ada fact severity=2 personal_data=suspected
expect 0 is ada report register case second third --keep
warns '1 drill is left out'
warns '1 new, 0 changed, 2 cases in all'
expect 0 is ada report register --all --out all
grep -q 'Odd logins' all/incident-register.csv || fail "a case is missing from the register"
grep -q 'Printer on fire' all/incident-register.csv || fail "the second case is missing from the register"
if grep -q 'Practice' all/incident-register.csv; then fail "a drill is in the register"; fi
expect 0 is ada report register --all --breaches --lang nl --out all
grep -q 'Odd logins' all/breach-register.csv || fail "a breach of personal data is missing"
if grep -q 'Printer on fire' all/breach-register.csv; then fail "no personal data, and yet in the register of breaches"; fi
pdftotext all/breach-register.pdf - | tr -s '\n ' ' ' | grep -q 'AVG art. 33(5)' || fail "the register of breaches is not in Dutch"
expect 6 is ben report register --all
one_clear_line
expect 0 is ada use case
sleep 1
expect 0 is ada report sitrep --lang en --out later
cmp en/sitrep-1.pdf later/sitrep-1.pdf || fail "the wall clock is in a paper"
expect 2 is ada report sitrep --lang de
warns 'en or nl'

# What is withheld is listed without its content.
expect 0 is ada person add cy --with ben --with cy
expect 0 is ada role legal cy --with ben
expect 0 is cy role legal cy
expect 1 is ada report privilege
one_clear_line
expect 0 python3 "$top/tests/e2e/check_papers.py" shown en nl all
echo "papers: ok"
