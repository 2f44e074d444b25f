#!/bin/sh
# docs/walkthrough.md is what was typed and seen: this types every line of it again, each person with a home of their own,
# and compares what is seen. What changes from day to day (times, code names, keys, digests, sizes) is compared as its kind.
# usage: walkthrough.sh BIN SOURCE OTHER_DAY_LIBRARY; with CASEBOOK_ACCEPT_GOLDEN=1 it writes the page anew.
set -eu
other_day=$3
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
page=$top/docs/walkthrough.md
mkdir "$work/office" && cd "$work/office"
later=0
code=
: > "$work/new.md"
: > "$work/expected"
pending=

same_kind() { # what two runs have in common
  # Keys first: a fingerprint may hold what looks like a time.
  sed -E -e 's/SHA256:[A-Za-z0-9+\/]+/KEY/g' -e 's/(ssh-ed25519 )[A-Za-z0-9+\/]+/\1KEY/g' -e 's/age1[a-z0-9]+/KEY/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)?( UTC|Z)?)?/TIME/g' \
    -e 's/[0-9]{2}:[0-9]{2}(:[0-9]{2})?( UTC)?/TIME/g' \
    -e 's/[0-9A-Z]{5}(-[0-9A-Z]{5}){4}/SEAL/g' -e 's/[0-9a-f]{4}-[0-9a-f]{4}/CODE/g' -e 's/\b[0-9a-f]{8,64}\b/DIGEST/g' \
    -e 's/[0-9.]+ (B|KiB|MiB)/SIZE/g' | tr -s '\n ' '  ' |
    sed -E -e 's/\b[0-9]+ (d|h|min|s|ms)( [0-9]+ ?(h|min|s)?)?\b/SPAN/g' -e 's/ $//'
}
settle() { # runs what is pending and compares
  [ -n "$pending" ] || return 0
  person=${pending%%\$ *}
  line=${pending#*\$ }
  mkdir -p "$work/home/$person"
  status=0
  env -i PATH="$PATH" HOME="$work/home/$person" LANG=C.UTF-8 COLUMNS=78 OTHER_DAY_SECONDS="$later" \
    LD_PRELOAD="$other_day" sh -c "$line" > "$work/seen" 2>&1 < /dev/null || status=$?
  [ $status = 0 ] || echo "exit $status" >> "$work/seen"
  if [ -z "$code" ] && [ -f case/case.json ]; then code=$(jq -r .code_name case/case.json); fi
  sed -i -e "s|$work/office|/srv/office|g" -e "s|$work/home/|/home/|g" -e 's/[[:space:]]*$//' "$work/seen"
  [ -z "$code" ] || sed -i "s/$code/amber-heron/g" "$work/seen"
  cat "$work/seen" >> "$work/new.md"
  same_kind < "$work/seen" > "$work/seen.kind"
  same_kind < "$work/expected" > "$work/expected.kind"
  if [ -z "${CASEBOOK_ACCEPT_GOLDEN:-}" ] && ! cmp -s "$work/seen.kind" "$work/expected.kind"; then
    printf 'FAILED: %s\nthe page says:\n' "$pending" >&2
    cat "$work/expected" >&2
    echo "seen:" >&2
    cat "$work/seen" >&2
    exit 1
  fi
  typed=$((typed + 1))
  pending=
  : > "$work/expected"
}

typed=0
is_console=no
while IFS= read -r text; do
  if [ $is_console = no ]; then
    [ "$text" != '```console' ] || is_console=yes
  elif [ "$text" = '```' ]; then
    settle
    is_console=no
  else
    case $text in
      '-- '*' hours later') # The clock of every machine goes on.
        settle
        hours=${text#-- }
        later=$((later + ${hours%% *} * 3600))
        ;;
      [a-z]*'$ '*)
        settle
        pending=$text
        ;;
      *)
        printf '%s\n' "$text" >> "$work/expected"
        continue
        ;;
    esac
  fi
  printf '%s\n' "$text" >> "$work/new.md"
done < "$page"
[ "$typed" -ge 200 ] || fail "the page holds only $typed commands"
grep -q '^archived, entry' "$work/new.md" || fail "the case does not end in the archive"
# Every paper of that case, looked at as its readers get it.
if command -v pdftotext python3 > /dev/null && [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then
  for lang in en nl; do
    for kind in one-page decisions postmortem 'postmortem --external' sitrep register; do
      # shellcheck disable=SC2086 # two words
      env -i PATH="$PATH" HOME="$work/home/ada" LANG=C.UTF-8 OTHER_DAY_SECONDS="$later" LD_PRELOAD="$other_day" \
        casebook report $kind --lang $lang --out "$work/shown/$lang" > "$work/out" 2>&1 || fail "report $kind in $lang"
    done
  done
  python3 "$top/tests/e2e/check_papers.py" "$work/shown" > "$work/out" 2>&1 || fail "a paper of the case"
fi
if [ -n "${CASEBOOK_ACCEPT_GOLDEN:-}" ]; then cp "$work/new.md" "$page"; fi
echo "walkthrough: $typed commands, as the page says"
