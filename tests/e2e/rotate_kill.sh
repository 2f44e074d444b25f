#!/bin/sh
# rotate, access revoke and access grant killed at any moment, by the real program: never half of it, nothing acknowledged
# lost; readers go on reading and are never told that the case is damaged or in use. docs/spec/slots.md; RT-25.
# usage: rotate_kill.sh BIN SOURCE [KILLS]
set -eu
kills=${3:-66}
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for person in ada ben cy; do expect 0 casebook key new $person --no-passphrase; done
me() { casebook "$@" --as ada; }
expect 0 me open 'Odd logins' --dir case
expect 0 me person add ben --with ben
expect 0 me person add cy --with cy --with ben
expect 0 me access begin board
expect 0 me access grant board ben
i=0
while [ $i -lt 30 ]; do printf 'filler %s about the marmosets\n' $i; i=$((i + 1)); done > lines
casebook note --as ada < lines > out 2> err || fail "filling general"
casebook note --in board --as ada < lines > out 2> err || fail "filling board"

# How long one takes here, in milliseconds.
begun=$(date +%s%N)
expect 0 me rotate board
span=$((($(date +%s%N) - begun) / 1000000 + 20))
seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
echo "seed $seed, $span ms, $kills kills"
random() { seed=$(((seed * 1103515245 + 12345) % 2147483648)); echo $((seed / 7 % $1)); }

is_in() { # is_in PERSON COMPARTMENT
  me access list > out 2> err || fail "access list"
  grep "^$2 " out | grep -qw "$1"
}
check_whole() { # nothing half, everybody who may opens it
  for place in general board; do
    for person in ben cy; do
      got=0
      casebook find marmosets --in $place --max 1 --as $person > out 2> err || got=$?
      if is_in $person $place; then [ $got = 0 ] || fail "$person is let in and cannot open $place"
      else [ $got = 6 ] || fail "$person is out and opens $place"; fi
    done
  done
}

killed=0
round=0
notes=0
while [ $killed -lt "$kills" ]; do
  round=$((round + 1))
  [ $round -le $((kills * 4)) ] || fail "only $killed of $round were killed"
  case $((round % 4)) in
    0) set -- rotate board ;;
    1) set -- rotate general ;;
    2) set -- access revoke board ben ;;
    3) if is_in cy board; then set -- access revoke board cy; else set -- access grant board cy; fi ;;
  esac
  "$bin/casebook" "$@" --as ada > running.out 2> running.err &
  pid=$!
  sleep "$(printf '0.%03d' "$(random "$span")")"
  if kill -9 $pid 2> /dev/null; then killed=$((killed + 1)); fi
  status=0
  wait $pid 2> /dev/null || status=$?
  [ $status = 0 ] || [ $status = 137 ] || { cp running.err err; fail "status $status: $*"; }
  expect 0 me find marmosets --in board --max 1 # Readers first: nobody wrote since.
  expect 0 me find marmosets --in general --max 1
  expect 0 me note add "acknowledged $round" # Whoever writes next finishes or takes back.
  notes=$((notes + 1))
  check_whole
  is_in ben board || expect 0 me access grant board ben
  if [ $((round % 10)) = 0 ]; then
    expect 3 me verify case
    says 'CONSISTENT'
  fi
done
expect 3 me verify case
says 'CONSISTENT'
expect 0 me find acknowledged --max 10000 --json
[ "$(jq .total out)" = $notes ] || fail "$(jq .total out) of $notes acknowledged notes are there"
expect 0 me find marmosets --in board --max 100 --json
[ "$(jq .total out)" = 30 ] || fail "notes of board are lost"
[ -z "$(find case/vault -name '*.next' -o -name '*.new')" ] || fail "half a generation is left"

# Readers during rotations: the answer, or "in use", never damage.
: > damage
readers() {
  n=0
  while [ ! -e stop ] && [ $n -lt 500 ]; do
    got=0
    casebook find marmosets --max 1 --as "$1" > /dev/null 2> "reader.$1" || got=$?
    [ $got = 0 ] || [ $got = 6 ] || cat "reader.$1" >> damage
    n=$((n + 1))
  done
}
readers ada & first=$!
readers ben & second=$!
i=0
while [ $i -lt 6 ]; do
  got=0
  me rotate general > out 2> err || got=$?
  [ $got = 0 ] || [ $got = 6 ] || fail "rotating beside readers: $got"
  i=$((i + 1))
done
touch stop
wait $first $second
[ ! -s damage ] || { cp damage err; fail "a reader met half a generation"; }
expect 3 me verify case
echo "rotate_kill: ok"
