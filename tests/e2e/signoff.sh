#!/bin/sh
# A request for approval: the sheet for a chat and the page, what stands on them, an answer by telephone that opens a risky
# action at once and blocks every exit until it is signed.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy dee; do expect 0 casebook key new $person --no-passphrase; done
disable() { is ben record disable class=disable_core evidence_lost=none side_effects='Nobody can buy' system=checkout; }
expect 0 is ada open 'Odd logins' --with ben --dir case
expect 0 is ada fact severity=1 breach=suspected
for person in cy:legal dee:executive; do
  expect 0 is ada person add ${person%:*} --with ben --with ${person%:*}
  expect 0 is ada role ${person#*:} ${person%:*} --with ben
  expect 0 is ${person%:*} role ${person#*:} ${person%:*}
done
expect 0 is ben record owner_consult answer=agrees system=checkout who=dee
expect 5 disable
says 'The executive signed'

# The sheet says what is asked, what waiting costs, who recommends what and who was consulted.
expect 0 is ada ask executive-sign-off --recommends 'switch it off' --waiting '400 logins an hour' \
  --consulted 'Ben, the host' --sheet sheet.pdf
[ "$(wc -m < out)" -le 1250 ] || fail "the sheet is too long for a chat"
says 'Waiting costs: 400 logins an hour'
says 'Recommended: ada: switch it off'
says 'Consulted: Ben, the host'
number=$(sed -n 's/^Answer: casebook sign \([0-9]*\),.*/\1/p' out)
code=$(sed -n 's/.*with code \([0-9a-f-]*\) read.*/\1/p' out)
[ "$(pdfinfo sheet.pdf | sed -n 's/^Pages: *//p')" = 1 ] || fail "the sheet is not one page"
pdftotext -layout sheet.pdf - > page.txt
for words in 'The executive signed' 'switch it off' '400 logins an hour' 'Ben, the host' "$code" "casebook sign $number" dee; do
  grep -qF -- "$words" page.txt || fail "the page lacks: $words"
done
# The words are kept in the case, and nowhere in clear.
if grep -rq '400 logins' case; then fail "words leaked"; fi
expect 0 is dee ask "$number" --json
jq -e '.sheet | test("400 logins an hour")' out > /dev/null || fail "the words were not kept"
expect 0 env LANG=nl_NL.UTF-8 LC_ALL= casebook ask "$number" --as dee --sheet blad.pdf
says 'Wachten kost: 400 logins an hour'
pdftotext blad.pdf - | grep -q 'Goedkeuringsblad' || fail "the page is not Dutch"
# Refusals.
expect 1 is ada ask "$number" --sheet sheet.pdf
warns 'sheet.pdf is there already'
one_clear_line
expect 2 is ada ask "$number" --waiting 'more'
warns 'stays as it was sent'
expect 1 is ada ask executive-sign-off --waiting 'more'
warns "asked already, as #$number"
expect 2 is ada ask legal --recommends "$(printf '%0500d' 0)"
warns 'has 500 characters; at most 240'

# By telephone: the right code, two who heard it, not the person herself.
expect 1 is ada sign "$number" --spoken-by dee --code "$code"
warns 'two other persons'
expect 1 is ada sign "$number" --spoken-by dee --code 0000-0000 --with ben
warns 'not the code'
expect 1 is ada sign "$number" --spoken-by dee --code "$code" --with dee
expect 0 is ada sign "$number" --spoken-by dee --code "$code" --with ben
says 'to be signed before any exit'
expect 0 disable
expect 5 is ada why close
says "#$number sign: The executive signed"
says "casebook sign $number"
expect 5 is ada close
expect 0 is dee sign "$number"
says signed
expect 5 is ada why close
if grep -q "#$number sign:" out; then fail "it was signed, and still stands in the way"; fi
# Several requests of one command: a file each.
expect 0 is ada fact personal_data=suspected
expect 0 is ada ask legal --sheet two.pdf --out two.json
if [ "$(grep -c '^Question:' out)" -gt 1 ]; then
  for file in two-*.pdf; do [ -s "$file" ] || fail "no page for each request"; done
else
  [ -s two.pdf ] && [ -s two.json ] || fail "no page, or no request to sign"
fi
