#!/bin/sh
# Follow-ups filed to a real tracker: Request Tracker 5 on loopback with a database of its own. What is exported is sent,
# read back and compared; then all that the tracker keeps is searched for words of the case.
set -eu
libexec=/usr/share/request-tracker5/libexec
if [ ! -x $libexec/standalone_httpd ] || ! perl -MDBD::SQLite -e1 2> /dev/null; then
  echo "tracker: not run, Request Tracker is not installed: apt-get install request-tracker5 rt5-db-sqlite rt5-standalone"
  exit 77
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
rt=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called when the script ends
clean_up() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  chmod -R u+rwX "$work" 2> /dev/null || true
  rm -rf "$work" "$rt"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# --- The tracker: as nobody, in a folder of its own, for this machine only.
queue='Security follow-ups'
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
url=http://127.0.0.1:$port
mkdir "$rt/site.d" "$rt/mason" "$rt/sessions" "$rt/var" "$rt/home"
cat > "$rt/RT_SiteConfig.pm" << END
Set(\$rtname, 'tracker.example.org');
Set(\$Organization, 'tracker.example.org');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $port);
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$rt/tracker.sqlite');
Set(\$MailCommand, 'mbox');
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'warning');
Set(\$Timezone, 'UTC');
\$RT::VarPath = '$rt/var';
\$RT::MasonDataDir = '$rt/mason';
\$RT::MasonSessionDir = '$rt/sessions';
1;
END
# A queue, and a person for the filing who may do this only; their token goes to a file for curl.
cat > "$rt/prepare.pl" << 'END'
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;
use RT::AuthToken;
my ($name, $file) = @ARGV;
RT::LoadConfig();
RT::Init();
sub must { my ($done, $why) = @_; die "$why\n" unless $done; }
my $queue = RT::Queue->new(RT->SystemUser);
must($queue->Create(Name => $name));
my $user = RT::User->new(RT->SystemUser);
must($user->Create(Name => 'filer', EmailAddress => 'filer@example.org', Privileged => 1));
for my $right (qw(SeeQueue CreateTicket ShowTicket)) {
  must($user->PrincipalObj->GrantRight(Right => $right, Object => $queue));
}
my ($id, $why, $token) = RT::AuthToken->new(RT->SystemUser)->Create(Owner => $user->Id, Description => 'follow-ups');
must($id, $why);
umask 077;
open(my $out, '>', $file) or die "$file: $!\n";
print $out qq(header = "Authorization: token $token"\n);
close($out) or die "$file: $!\n";
END
if [ "$(id -u)" = 0 ]; then
  chown -R nobody:nogroup "$rt"
  drop='setpriv --reuid nobody --regid nogroup --clear-groups --'
else
  drop=
fi
become_tracker() { # become_tracker COMMAND...: this process, with the tracker's settings and nothing of ours
  cd "$rt"
  # shellcheck disable=SC2086 # a command or nothing
  exec $drop env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$rt/home" LC_ALL=C.UTF-8 \
    RT_SITE_CONFIG="$rt/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$rt/site.d" "$@"
}
in_tracker() { (become_tracker "$@"); }
expect 0 in_tracker sh -c "umask 077; head -c 24 /dev/urandom | base64 > '$rt/root'" # instead of the one everybody knows
expect 0 in_tracker rt-setup-database-5 --action init --skip-create --root-password-file "$rt/root"
expect 0 in_tracker perl "$rt/prepare.pl" "$queue" "$rt/curl.conf"
become_tracker $libexec/standalone_httpd --host 127.0.0.1 --port "$port" > "$rt/server.log" 2>&1 < /dev/null &
server=$!
call() { # call PATH [CURL OPTION...]: its answer
  path=$1
  shift
  curl --silent --show-error --max-time 60 --noproxy '*' --config "$rt/curl.conf" "$@" "$url/REST/2.0/$path"
}
tries=0
until call rt > out 2> err; do
  tries=$((tries + 1))
  kill -0 "$server" 2> /dev/null || { cp "$rt/server.log" err; fail "the tracker ended"; }
  [ $tries -lt 240 ] || fail "the tracker does not answer"
  sleep 0.5
done
jq -e '.Version | startswith("5.")' out > /dev/null || fail "this is not Request Tracker 5"

# --- A case with words that must stay in it.
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
expect 0 is ada open 'Snorkwaffle in the cellar' --with ben --dir case
expect 0 is ada fact severity=2 personal_data=suspected
expect 0 is ada note add 'brizzlethorn came by a web shell'
expect 0 is ada person add cy --with ben --with cy
expect 0 is ada role engineering cy --with ben
expect 0 is cy role engineering cy
expect 0 is cy record fix kind=fix version=plumduster-7 'the quibblenut patch'
expect 0 is ada record action 'rotate the gnomefruit keys' kind=repair owner=ada next_update=2026-12-01T09:30:00Z
expect 0 is ada record action 'ask Finn about wobbletin' kind=prevention owner=ben next_update=2026-12-08T10:00:00Z
expect 0 is ada record action 'frostpickle, "in quotes", <b>marked</b>' kind=lesson owner=ada next_update=2027-01-15T23:45:00Z
secrets='snorkwaffle|brizzlethorn|plumduster|quibblenut|gnomefruit|wobbletin|frostpickle|in quotes|\\bfinn\\b|\\bada\\b|\\bben\\b|\\bcy\\b'

# --- Filed with what was exported, as it was exported.
expect 2 is ada record export --rt tickets.json
warns '--queue'
expect 0 is ada --json record export
cp out list.json
expect 0 is ada record export --rt tickets.json --queue "$queue"
says '3 entries'
[ "$(stat -c %a tickets.json)" = 600 ] || fail "others can read what is exported"
filed() { # filed FILE: the answer to sending it
  call tickets/bulk --fail --header 'Content-Type: application/json' --data-binary @"$1"
}
# A queue that is not there takes nothing: a wrong export does not pass unseen.
sed 's/"Queue":"[^"]*"/"Queue":"No such queue"/g' tickets.json > wrong.json
filed wrong.json > out 2> err || fail "the tracker refused the request as a whole"
jq -e 'length == 3 and all(.[]; has("id") | not)' out > /dev/null || fail "tickets in a queue that is not there"
filed tickets.json > answer.json 2> err || fail "the tracker did not take the follow-ups"
cp answer.json out
jq -e 'length == 3 and all(.[]; .type == "ticket" and (.id | tostring | test("^[0-9]+$")))' answer.json > /dev/null ||
  fail "not three tickets"

# --- Read back: title, link, step and date are there, and not a character more.
code=$(jq -r '.follow_ups[0].reference | split("#")[0]' list.json)
row=0
for kind in repair prevention lesson; do
  number=$(jq -r ".follow_ups[$row].number" list.json)
  ticket=$(jq -r ".[$row].id" answer.json)
  call "ticket/$ticket" --fail > ticket.json 2> err || fail "ticket $ticket cannot be read"
  case $kind in
    repair) due=2026-12-01T09:30:00Z ;;
    prevention) due=2026-12-08T10:00:00Z ;;
    lesson) due=2027-01-15T23:45:00Z ;;
  esac
  cp ticket.json out
  jq -e --arg title "Follow-up #$number of $code ($kind)" --arg due $due \
    '.Subject == $title and .Due == $due and .Status == "new" and .Creator.id == "filer"' \
    ticket.json > /dev/null || fail "ticket $ticket is not follow-up $number"
  call "ticket/$ticket/attachments" --fail > out 2> err || fail "what ticket $ticket says cannot be read"
  [ "$(jq .count out)" = 1 ] || fail "ticket $ticket has more than one text"
  text=$(jq -r '.items[0].id' out)
  call "attachment/$text" --fail > attachment.json 2> err || fail "the text of ticket $ticket cannot be read"
  jq -r .Content attachment.json | base64 -d > said
  {
    printf 'Reference: %s#%s\n' "$code" "$number"
    printf 'Step: Give follow-ups to their owners\n'
    printf 'What it is about stands in the case; nothing of it goes here.'
  } > wanted
  { cat said && echo; } > out
  cmp -s said wanted || fail "ticket $ticket says something else"
  row=$((row + 1))
done

call tickets --fail --get --data-urlencode "query=Queue = '$queue'" > out 2> err || fail "the queue cannot be read"
[ "$(jq .count out)" = 3 ] || fail "the queue does not hold three tickets"

# --- Nothing of the case anywhere in the tracker: database, journal, mail, log.
kill "$server"
wait "$server" 2> /dev/null || true
server=
kept=$(find "$rt" -type f -size +0 ! -path "$rt/mason/*" ! -name prepare.pl ! -name curl.conf ! -name root)
echo "$kept" | grep -q tracker.sqlite || fail "the tracker kept nothing"
grep -qai "Follow-up #.* of $code" "$rt/tracker.sqlite" || fail "the search finds nothing that is there"
for file in $kept tickets.json; do
  if grep -qaiE "$secrets" "$file"; then
    grep -aioE ".{0,30}($secrets).{0,30}" "$file" | head -n 5 > out
    fail "words of the case are in $(basename "$file")"
  fi
done

# --- Linked in the case, they are not filed twice.
row=0
while [ $row -lt 3 ]; do
  expect 0 is ada 'done' "$(jq -r ".follow_ups[$row].number" list.json)" \
    link="$url/Ticket/Display.html?id=$(jq -r ".[$row].id" answer.json)"
  row=$((row + 1))
done
expect 0 is ada record export --rt again.json --queue "$queue"
says '0 entries'
[ "$(cat again.json)" = '[]' ] || fail "what is linked would be filed again"
expect 0 is ada record export --settled
says '3 entries'
echo "tracker: ok, three tickets in Request Tracker $(dpkg-query -W -f '${Version}' request-tracker5 2> /dev/null || true)"
