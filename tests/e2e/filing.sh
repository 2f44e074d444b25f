#!/bin/sh
# Reports (docs/spec/filing.md, duties.md 4) as a privacy officer makes them: a first report under GDPR Art. 33 released after
# refusals for a missing fact, a privileged source and a stale approval; what follows with its changes; NIS2, DORA, a letter.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for program in pdftotext pdffonts python3; do
  command -v $program > /dev/null || { echo "no $program here"; exit 77; }
done
[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || { echo "no fonts here"; exit 77; }
for person in ada ben cy gus; do expect 0 casebook key new $person --no-passphrase; done
approve() { # approve NUMBER: by counsel, privacy and public relations
  for pair in filing-law:cy filing-law:gus filing-words:gus; do
    is ada ask "${pair%:*}" --about "$1" --of "${pair#*:}" > asked 2> err || true
    for number in $(sed -n 's/^Answer: casebook sign \([0-9]*\),.*/\1/p' asked); do
      is "${pair#*:}" sign "$number" > out 2> err || true
    done
  done
}
number_of_draft() { sed -n 's/^#\([0-9]*\) \(drafted\|stands\):.*/\1/p' out; }
# Says whatever a draft still misses; values of facts are made up by name.
cat > fill.py << 'FILL'
import json, subprocess, sys
kind, person, top = sys.argv[1:4]
run = lambda *words: subprocess.run(["casebook", *words, "--as", person], capture_output=True, text=True)
facts = {one["name"]: one for one in json.load(open(top + "/policies/facts.json"))["facts"]}
def value(name):
    one = facts.get(name, {})
    if one.get("values"): return one["values"][0]
    forms = {"country": "FR", "place": "FR", "zone": "Europe/Paris", "date": "2026-10-23"}
    types = {"bool": "no", "int": "3", "number": "3", "time": "2026-10-23T18:00:00Z"}
    return types.get(one.get("type"), forms.get(one.get("form"), "other"))
state = json.loads(run("report", kind, "check", "--json").stdout)
for one in state["missing"]:
    name = one["name"]
    if one["kind"] == "fact":
        done = run("fact", f"{name}={value(name)}")
    else:
        said = ("org." if one["kind"] == "profile" else "") + name
        typed = {"lei": "529900T8BM49AURSDO55", "currency": "EUR", "eu-dora.its-2.5": "reputation",
                 "eu-dora.its-2.7": "monitoring", "eu-dora.its-2.9": "false"}
        words = typed.get(name, "As far as known: " + name.replace("_", " ") + ".")
        done = run("record", "answer", "answers=" + said, "audience=authority,customer,persons", "words=" + words)
    if done.returncode != 0: print(name, done.stderr)
state = json.loads(run("report", kind, "check", "--json").stdout)
for one in state["findings"]:
    if one["level"] == "blocks": print(one["what"], one["where"], one["say"], one["todo"])
FILL

# The case of a controller in France, aware since Friday evening.
expect 0 is ada open 'Odd logins' --with ben --dir case
for pair in legal:cy privacy:gus public_relations:gus; do
  person=${pair#*:}
  is ada person add "$person" --with ben --with "$person" > out 2> err || true
  expect 0 is ada role "${pair%:*}" "$person" --with ben
  expect 0 is "$person" role "${pair%:*}" "$person"
done
expect 0 is gus fact entity.zone=Europe/Paris entity.role=controller,processor entity.established_eea=yes entity.member_state=FR \
  awareness_at='2026-10-23T18:00 Europe/Paris' personal_data_involved=yes
expect 0 is gus fact risk_to_individuals=high
expect 0 is gus report list
says 'eu-gdpr/sa_initial'
says 'not begun'
says 'stages of law can be drafted'
expect 1 is gus report gdpr-autority draft
warns 'did you mean gdpr-authority?'
expect 1 is gus report gdpr-authority release
warns 'is not drafted'

# Drafted with what is known; what is missing is named, and nothing leaves.
expect 0 is gus report gdpr-authority draft
says 'missing'
expect 5 is gus report gdpr-authority release --out early
[ ! -e early ] || fail "an unfinished report left"
one_clear_line
expect 3 is gus report gdpr-authority check
# Words of counsel are no source for an outsider.
expect 0 is cy note add 'counsel thinks PRIVILEGED-OPINION'
note=$(sed -n 's/^note \([0-9]*\) .*/\1/p' out)
expect 0 is cy privilege set "$note" --in general --basis attorney_client --purpose 'advice on the nature' --to cy
expect 0 is cy record answer answers=nature audience=authority source="$note" words='PRIVILEGED-OPINION on the nature'
bad=$(sed -n 's/^answer #\([0-9]*\) .*/\1/p' out)
expect 0 is gus report gdpr-authority draft
says_wrapped 'known, but not for this reader'
expect 5 is gus report gdpr-authority release --out early
expect 0 is cy record amend "$bad" answers=withdrawn
expect 0 is gus record answer answers=nature audience=authority words='Unknown persons read customer records.'
python3 fill.py gdpr-authority gus "$top" > filled
[ ! -s filled ] || fail "still in the way: $(cat filled)"

# Approved, changed, stale; approved again.
expect 0 is gus report gdpr-authority draft
first=$(number_of_draft)
expect 5 is gus report gdpr-authority release
approve "$first"
expect 0 is gus record answer answers=measures audience=authority words='All sessions were ended.'
expect 1 is gus report gdpr-authority release
warns 'the case says otherwise'
expect 0 is gus report gdpr-authority draft
second=$(number_of_draft)
[ "$first" != "$second" ] || fail "the draft did not change"
expect 5 is gus report gdpr-authority release
warns "approved draft #$first, this is #$second"
approve "$second"
expect 0 is gus report gdpr-authority release --out sent
says 'released'
for file in report.html report.pdf report.json fields.csv; do [ -s sent/$file ] || fail "no $file"; done
[ ! -e sent/manifest.json ] || fail "the manifest left"
pdftotext sent/report.pdf sent/report.pdf.txt
if grep -rq 'PRIVILEGED-OPINION' sent; then fail "privileged text left the house"; fi
grep -q 'customer records' sent/report.pdf.txt || fail "the report does not say what happened"
expect 0 is gus report gdpr-authority release --out again
cmp sent/report.pdf again/report.pdf || fail "a second copy differs"

# What is learnt later changes no copy of what was released.
expect 0 is gus fact affected_individuals_total=70
expect 0 is gus report gdpr-authority release --out later
cmp sent/report.pdf later/report.pdf || fail "a copy changed with the case"
expect 1 is gus report gdpr-authority release --out later
warns 'is there already'

# Sent: the receipt is in custody, the duty is answered, the next one begins.
printf 'received 2026-4711\n' > receipt.txt
expect 0 is gus report gdpr-authority submit --channel portal --reference 2026-4711 --at '2026-10-26T09:30 Europe/Paris' --receipt receipt.txt
says 'answered'
says 'receipt in custody'
says_wrapped 'eu-gdpr sa_followup'
expect 5 is ada why close
if grep -q 'sa_initial' out; then fail "an answered duty still blocks"; fi
expect 0 is gus record answer answers=new_information audience=authority words='The key was withdrawn.'
python3 fill.py gdpr-followup gus "$top" > filled
expect 0 is gus report gdpr-followup draft --json
says '"report":"eu-gdpr/sa_followup"'
expect 0 is gus report gdpr-followup draft --out review
pdftotext review/draft-*.pdf - | grep -q '2026-4711' || fail "the follow-up does not name the receipt"

# Other laws and other readers out of the same case.
expect 0 is gus fact entity.nis2=essential nis2_significant=yes entity.dora=yes dora_major=yes
for kind in nis2-early-warning dora-initial customer; do
  python3 fill.py $kind gus "$top" > filled
  [ ! -s filled ] || fail "$kind: $(cat filled)"
  expect 0 is gus report $kind draft
  approve "$(number_of_draft)"
  expect 0 is gus report $kind release --out "$kind"
  [ -s "$kind/report.pdf" ] || fail "no $kind"
  if grep -rq 'PRIVILEGED-OPINION' "$kind"; then fail "privileged text left with $kind"; fi
  expect 0 is gus report $kind submit --channel portal
done
expect 0 is gus status
says 'draft 9 of 9'
# Not telling the people: a decision with its reasons, the same approvals, and its release answers the duty.
expect 0 is gus report gdpr-people not-notify
expect 5 is gus report gdpr-people release
python3 fill.py gdpr-people gus "$top" > filled
[ ! -s filled ] || fail "not telling: $(cat filled)"
expect 0 is gus report gdpr-people not-notify
silence=$(number_of_draft)
expect 5 is gus report gdpr-people release --out silence
[ ! -e silence ] || fail "a decision that nobody approved left"
expect 5 is ada why close
says 'data_subjects'
approve "$silence"
expect 0 is gus report gdpr-people release --out silence
says_wrapped 'answered'
expect 5 is ada why close
if grep -q 'data_subjects' out; then fail "a decision not to tell did not answer its duty"; fi
expect 0 is gus report decisions --lang en --out decided
grep -q 'General Data Protection Regulation: personal data breach: Communication to data subjects' decided/decisions.html ||
  fail "a decision not to tell is not named by its law"
expect 0 is gus report decisions --lang nl --out beslist
grep -q 'Algemene verordening gegevensbescherming: Mededeling aan betrokkenen' beslist/decisions.html ||
  fail "the law has no Dutch name"

# Sealed to counsel: draft and release. Whoever lacks the compartment can neither read, release nor copy it.
expect 0 is cy access begin legal
expect 6 is gus report nis2-notification draft --in legal
one_clear_line
expect 3 is gus report nis2-notification check --json
python3 fill.py nis2-notification gus "$top" > filled
expect 0 is cy report nis2-notification draft --in legal
sealed=$(number_of_draft)
approve "$sealed"
expect 6 is gus report nis2-notification release --out stolen
warns 'a compartment that you cannot open'
[ ! -e stolen ] || fail "a sealed draft left"
expect 0 is cy report nis2-notification release --out counsel
says 'sealed in legal'
[ -s counsel/report.pdf ] || fail "no clear copy for counsel"
expect 6 is gus report nis2-notification release --out stolen
[ ! -e stolen ] || fail "a sealed release was copied"
expect 0 is cy report nis2-notification release --out again2
cmp counsel/report.pdf again2/report.pdf || fail "the sealed copy differs"
expect 0 is cy report nis2-notification submit --channel portal --receipt receipt.txt
expect 0 is gus find nis2-notification
if grep -q 'report.pdf' out; then fail "a name of a sealed file is found without the compartment"; fi
expect 3 is ada verify case
says 'CONSISTENT'
# Everything that left, looked at as its readers get it.
expect 0 python3 "$top/tests/e2e/check_papers.py" sent later customer dora-initial nis2-early-warning silence counsel
echo "filing: ok"
