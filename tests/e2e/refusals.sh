#!/bin/sh
# Each wrong use and each bad input is one clear line and the right status.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
small_tree tree
expect 2 casebook colect
warns 'did you mean collect?'
one_clear_line
expect 2 casebook verify --jsn
warns 'did you mean --json?'
expect 2 casebook
says 'Evidence'
expect 0 casebook help collect
says 'Examples'
expect 2 casebook collect --root tree
warns 'casebook key new NAME'
one_clear_line
expect 1 casebook verify B-9
warns 'no such bag'
one_clear_line
expect 2 casebook collect --max-bytes much
warns 'not a size'

printf 'right\nright\n' > right
printf 'wrong\n' > wrong
expect 0 sh -c 'casebook key new ada --passphrase-fd 3 3< right'
expect 0 casebook collect --root tree --profile logs --out ev
expect 6 sh -c 'casebook ls ev/B-1 --passphrase-fd 3 3< wrong'
one_clear_line
expect 6 setsid casebook ls ev/B-1
warns '--passphrase-fd'
expect 1 casebook collect --root tree --profile nonsense --out ev
one_clear_line
expect 1 casebook collect --root tree --profile logs --out /dev/null/x
one_clear_line
expect 1 casebook collect --root /nowhere --profile logs --out ev
expect 1 casebook verify tree/etc/passwd
warns 'nothing that can be verified'
expect 1 sh -c 'casebook get ev/B-1 /no/such/file --passphrase-fd 3 3< right'

# A changed byte of bag or seal.
cp -rL ev/B-1 seal-changed
sed -i 's/"sequence":1/"sequence":2/' seal-changed/seal.json
expect 4 sh -c 'casebook verify seal-changed --passphrase-fd 3 3< right'
says 'TAMPERED'
cp -rL ev/B-1 bag-changed
change_byte bag-changed/bag.tar.zst.age 400
expect 4 sh -c 'casebook verify bag-changed --passphrase-fd 3 3< right'
says 'TAMPERED'
expect 4 sh -c 'casebook verify ev/B-1 --code 00000-00000-00000-00000-00000 --passphrase-fd 3 3< right'

# A full disk is said, not ignored.
expect 1 sh -c 'casebook help > /dev/full'
expect 2 casebook --json verify --nope
grep -q '^{"code":"invalid_input"' err || fail "no JSON refusal"

# A reader that went away, as in `casebook help | head -n 1`, is nobody's fault: the pipe is closed before anything is said.
mkfifo reading going
(exec 4> reading; read -r word < going; casebook "$word" >&4 2> gone) &
exec 5< reading
exec 5<&-
echo help > going
wait $! || fail "a closed pipe is taken for an error"
[ ! -s gone ] || fail "a closed pipe is complained of: $(cat gone)"
echo "refusals: ok"
