#!/bin/sh
# Words on their way to a chat or a mail while somebody may read along: refused in one line that names the fact and who said
# it, kept or not, until the gate opens; lengths are counted in characters.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben; do expect 0 casebook key new $person --no-passphrase; done
warns_wrapped() { tr -s '\n ' ' ' < err | grep -qF -- "$1" || fail "errors lack: $1"; }
repeated() { # repeated TEXT COUNT
  awk -v text="$1" -v count="$2" 'BEGIN { while (count-- > 0) printf "%s", text }'
}
expect 0 is ada open 'Odd logins' --with ben --dir case
expect 0 is ada fact severity=2
expect 0 is ada sitrep --chat
expect 0 is ada update executives 'Two hosts are off' occasion=progress --chat --eml first.eml
says 'Two hosts are off'
grep -q '^Subject:' first.eml || fail "no mail"

# 4,000 characters pass whole, however many bytes they have; one more is refused, and nothing is kept.
expect 0 is ada update executives "$(repeated 'é' 4000)" occasion=progress --chat
[ "$(tail -n 1 out | wc -c)" = 8001 ] || fail "the text was cut"
expect 0 is ada record list update
kept=$(wc -l < out)
expect 1 is ada update executives "$(repeated 'é' 4001)" occasion=progress --chat
warns '4,001 characters; a chat takes 4,000'
one_clear_line
expect 1 is ada update executives "$(repeated 'a' 60001)" occasion=progress --eml long.eml
warns '60,001 characters; a mail takes 60,000'
[ ! -e long.eml ] || fail "a mail was written"
expect 0 is ada record list update
[ "$(wc -l < out)" = "$kept" ] || fail "a refused update was kept"
expect 2 is ada ask legal --waiting "$(repeated 'é' 241)"
warns '--waiting has 241 characters; at most 240'

# Somebody may read along.
expect 0 is ada fact channel_suspect=yes
refused() { # refused COMMAND...: with the gate's own status, in one line, and nothing comes out
  expect 5 is ada "$@"
  warns_wrapped 'nothing leaves by chat or mail yet: Words go over a channel nobody overhears (channel_suspect is yes, said by ada at '
  warns_wrapped 'first casebook record room purpose=out_of_band, casebook record identity_check; until then casebook note add keeps the words'
  [ "$(grep -c '^casebook: ' err)" = 1 ] || fail "not one line"
  [ ! -s out ] || fail "words came out"
  [ ! -e mail.eml ] || fail "a mail was written"
}
refused sitrep --chat
refused sitrep --chat --preview
refused sitrep --eml mail.eml
refused sitrep --eml mail.eml --preview
refused update executives 'Two hosts are off' occasion=progress --chat
refused update executives 'Two hosts are off' occasion=progress --eml mail.eml
expect 5 env LC_ALL=nl_NL.UTF-8 casebook sitrep --chat --as ada
warns_wrapped 'nog niets mag weg per chat of mail: Berichten gaan over een kanaal dat niemand afluistert (channel_suspect is yes, gezegd door ada'
warns_wrapped 'tot dan bewaart casebook note add de tekst'
expect 5 is ada sitrep --chat --json
says '"safe-channel"'
# Looking at it here, and keeping the words, is no channel.
expect 0 is ada sitrep --preview
expect 0 is ada note add 'for the sitrep: two hosts are off'

# The gate's way.
expect 0 is ada record room purpose=out_of_band name=elsewhere
expect 5 is ada sitrep --chat
warns_wrapped 'first casebook record identity_check; until'
expect 0 is ada record identity_check who=ben how=video
expect 0 is ada sitrep --chat
says 'Sev-2'
expect 0 is ada update executives 'Two hosts are off' occasion=progress --chat --eml mail.eml
says 'Two hosts are off'
[ -s mail.eml ] || fail "no mail"
