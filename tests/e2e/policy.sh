#!/bin/sh
# Runbooks read, checked, compared, made canonical and signed; a loosened copy of each shipped one is caught.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
packs=$top/policies/packs

expect 0 casebook policy list
says minimal
casebook policy list --json | jq -e '.policies | length >= 1' > /dev/null || fail "no policies in JSON"

# As a document, in both languages, no line wider than a terminal.
expect 0 casebook policy show minimal
says 'Legal looked at the impact  [legal]'
says 'stands before'
says 'Personal data was ever suspected or confirmed'
[ "$(LC_ALL=C.UTF-8 wc -L < "$work/out")" -le 78 ] || fail "a line too wide"
no_control_bytes
expect 0 casebook policy show minimal --lang nl
says 'De jurist keek naar de gevolgen'
expect 0 casebook policy show minimal --markdown
says '## Gates'
casebook policy show minimal --json | jq -e '.format == "casebook-policy/1"' > /dev/null || fail "not the policy"
expect 2 casebook policy show minimal --lang fr
one_clear_line
expect 1 casebook policy show minimul
warns 'did you mean minimal?'

# What we ship has no faults; findings name the line of the source.
expect 0 casebook policy lint
says '0 faults'
for source in "$packs"/*.jsonc; do
  expect 0 casebook policy lint "$source"
  says '0 faults'
done
sed 's/"grant": "legal", "reason_chars": 20/"grant": "commander", "reason_chars": 20/' "$packs/minimal.jsonc" > ours.jsonc
expect 1 casebook policy lint ours.jsonc
line=$(grep -n '"grant": "commander"' ours.jsonc | cut -d: -f1)
says "ours.jsonc:$line: L9 /gates/2/waive/grant"
casebook policy lint ours.jsonc --json | jq -e '.findings[0] | .id == "L9" and .line > 1' > /dev/null || fail "no finding in JSON"
sed 's/"role": "legal", "covers"/"role": "nurse", "covers"/' "$packs/minimal.jsonc" > ours.jsonc
expect 1 casebook policy lint ours.jsonc
one_clear_line
line=$(grep -n '"nurse"' ours.jsonc | head -n 1 | cut -d: -f1)
warns "ours.jsonc:$line: /gates/0/need/1/role: no such role"
sed 's/"waive": null, "practices": \["S4-16a"\]},/"waive": null "practices": []},/' "$packs/minimal.jsonc" > ours.jsonc
expect 1 casebook policy lint ours.jsonc
warns "ours.jsonc: line "

# Loosened copies are caught, each with a case that shows it.
sed '0,/"on": \["close", "merge", "rule_out"\]/s//"on": ["close", "rule_out"]/' "$packs/minimal.jsonc" > looser.jsonc
expect 1 casebook policy diff minimal looser.jsonc
says 'LOOSER gates/legal'
says 'of merge'
says 'Personal data'
expect 0 casebook policy diff looser.jsonc minimal
says '0 things looser'
casebook policy diff minimal looser.jsonc --json |
  jq -e '.loosened[0] | .pointer == "gates/legal" and .attempt == "merge" and (.witness | length > 0)' > /dev/null ||
  fail "no witness in JSON"
for pack in "$packs"/*.json; do
  expect 0 casebook policy diff "$pack" "$pack"
  for change in '.gates[0].need = ["true"]' '.gates[1].waive = {"ask":"commander","grant":"legal","reason_chars":1}' '.moves.close.roles = []' \
    '.facts.personal_data.rule_out.persons = 1' '(.gates[] | select(.id == "legal")).when = ["not", ["true"]]'; do
    jq -cS "$change" "$pack" > looser.json
    expect 1 casebook policy diff "$pack" looser.json
    says 'LOOSER '
  done
done

# The canonical file is what is signed; anything else is refused.
expect 0 casebook policy canonical "$packs/minimal.jsonc" --out minimal.json
cmp minimal.json "$packs/minimal.json" || fail "not the file that we ship"
casebook policy canonical "$packs/minimal.jsonc" | cmp - minimal.json || fail "not the same on standard output"
casebook key new ada --no-passphrase > /dev/null 2>&1
expect 0 casebook policy sign minimal.json
says 'signed by ada'
expect 1 casebook policy sign minimal.json
one_clear_line
expect 1 casebook policy sign "$packs/minimal.jsonc"
warns 'casebook policy canonical'
expect 3 casebook policy verify minimal.json
says 'by whom is not checked'
expect 0 casebook policy verify minimal.json --signer "$XDG_CONFIG_HOME/casebook/keys/ada.ssh.pub"
says 'SIGNED'
# Stock ssh-keygen says the same.
printf 'ada namespaces="casebook-policy@v1" %s\n' "$(cat "$XDG_CONFIG_HOME/casebook/keys/ada.ssh.pub")" > allowed
ssh-keygen -Y verify -f allowed -I ada -n casebook-policy@v1 -s minimal.json.sig < minimal.json > /dev/null || fail "stock ssh-keygen refuses"
casebook key new ben --no-passphrase > /dev/null 2>&1
expect 4 casebook policy verify minimal.json --signer "$XDG_CONFIG_HOME/casebook/keys/ben.ssh.pub"
jq -cS '.version = 2' minimal.json | tr -d '\n' > other.json
cp minimal.json.sig other.json.sig
expect 4 casebook policy verify other.json --signer "$XDG_CONFIG_HOME/casebook/keys/ada.ssh.pub"
says 'BAD SIGNATURE'
# S2-4: a runbook that nobody looked at in time is used, and says so.
jq -cS '.review_by = "2020-01-01"' minimal.json | tr -d '\n' > old.json
expect 0 casebook open 'Odd logins' --with ben --dir case --policy old.json --as ada
warns 'was to be reviewed by 2020-01-01'
echo "policy: all good"
