#!/bin/sh
# What `cmake --install` puts below a prefix works there without the tree it was built in: the program finds what it starts,
# the stock verifier finds its parts, manual and completion are where Debian looks for them.
# usage: install.sh BIN SOURCE BUILD
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cmake --install "$3" --prefix "$work/prefix" > install.log 2>&1 || { cat install.log; fail "cmake --install"; }
PATH=$work/prefix/bin:/usr/bin:/bin
for path in bin/casebook bin/casebook-collect lib/casebook/casebook-pages share/casebook/verify-with-stock-tools \
  share/bash-completion/completions/casebook share/zsh/vendor-completions/_casebook share/doc/casebook/spec/bag.md; do
  [ -s "prefix/$path" ] || fail "no $path"
done
if command -v scdoc > /dev/null; then [ -s prefix/share/man/man1/casebook.1 ] || fail "no manual"; fi
bash -c '. prefix/share/bash-completion/completions/casebook && complete -p casebook' > complete.out || fail "no completion"

small_tree tree
expect 0 casebook key new ada --no-passphrase
expect 0 casebook ticket new --host web-03 --purpose 'odd logins' --profile logs --out t
expect 0 casebook collect --root tree --profile logs --path '/etc/*' --ticket t --out evidence
casebook key show evidence/B-1 > identity.key 2> err
folder=evidence/$(basename "$(readlink -f evidence/B-1)")
# 3: intact, and nobody named here says who Ada is.
expect 3 prefix/share/casebook/verify-with-stock-tools -i identity.key "$folder"
says INTACT
if [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then
  expect 0 casebook report custody B-1 --out shown
  [ "$(head -c 4 shown/custody-B-1.pdf)" = %PDF ] || fail "no pages drawn"
fi
