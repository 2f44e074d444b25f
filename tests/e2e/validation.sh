#!/bin/sh
# scripts/validation: counts per requirement, says what failed or was not tested, and notices when two tools differ.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
line() { printf '  %s/99 Test  #%s: %s ........ %s    0.01 sec\n' "$1" "$1" "$2" "$3"; }
# One test for each requirement, named from its own pattern, and all of them pass.
n=0
: > log
for test in bag/BagWriter.A mutation/b core/StockAge.A fault/c collector_kernel/D.e core/Custody.A core/Ledger.A \
  core/Tickets.A vault/Erasure.A workflow/A.b reports/A.b filing/Draft.A filing/Outward.A filing/Release.A \
  documents/A.b imports/A.b privacy/A.b; do
  n=$((n + 1))
  line $n $test '  Passed' >> log
done
expect 0 "$top/scripts/validation" --log "$work/log" --bin "$bin" --out "$work/page.md"
grep -q '^| V-06 | .* | 1 | 1 | 0 | 0 |' page.md || fail 'no count for V-06'
grep -q "Tests in this run: $n, of them failed: 0" page.md || fail 'no sum'
[ "$(grep -cE '^\| .*`.* \| 9 \| [0-9]+ \| 0 \|$' page.md)" = 2 ] || fail 'the two tools do not agree on nine files'

# A failed, a skipped and a missing test.
sed -e 's/core\/Custody.A .*Passed/core\/Custody.A ...***Failed/' -e 's/privacy\/A.b .*Passed/privacy\/A.b ...***Skipped/' \
  -e '/mutation/d' log > worse
expect 1 "$top/scripts/validation" --log "$work/worse" --bin "$bin" --out "$work/page.md"
warns 'something failed or was not tested'
grep -q '^| V-06 | .* | 1 | 0 | 1 | 0 |' page.md || fail 'the failure is not counted'
grep -q '^| V-18 | .* | 1 | 0 | 0 | 1 |' page.md || fail 'the skipped test is not counted'
grep -q '^| V-02 | .*not tested in this run' page.md || fail 'the missing test is not named'

# A copy that lacks a file.
mkdir fake
printf '#!/bin/sh\ncase $1 in -cf) exec /bin/tar --exclude=two "$@" ;; *) exec /bin/tar "$@" ;; esac\n' > fake/tar
chmod +x fake/tar
expect 1 env PATH="$work/fake:$PATH" "$top/scripts/validation" --log "$work/log" --bin "$bin" --out "$work/page.md"
grep -q '^| `tar` | 8 | [0-9]* | 1 |$' page.md || fail 'the lost file is not noticed'
expect 2 "$top/scripts/validation" --log "$work/none" --bin "$bin" --out "$work/page.md"
warns 'run scripts/test first'
