#!/bin/sh
# Trusted time over a bag from an authority of our own, made by stock openssl. What is wrong with a token makes
# the time unknown; it never makes the bag bad.
set -eu
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
OPENSSL_CONF=$work/none.cnf
export OPENSSL_CONF
printf '[req]\ndistinguished_name=dn\n[dn]\n' > none.cnf
authority() { # authority NAME: NAME.root.pem is what a verifier believes
  ca='basicConstraints=critical,CA:true'
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.root.key" -out "$1.root.pem" \
    -subj "/CN=$1 root" -days 3650 -addext "$ca" -addext keyUsage=critical,keyCertSign 2> /dev/null
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" \
    -subj "/O=Example/CN=$1" 2> /dev/null
  printf '%s\n' basicConstraints=critical,CA:false keyUsage=critical,digitalSignature \
    extendedKeyUsage=critical,timeStamping > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$1.root.pem" -CAkey "$1.root.key" -CAcreateserial -days 3650 -sha256 \
    -extfile "$1.ext" -out "$1.pem" 2> /dev/null
  printf '%s\n' '[tsa]' default_tsa=t '[t]' "serial=$work/$1.serial" "signer_cert=$work/$1.pem" "certs=$work/$1.pem" \
    "signer_key=$work/$1.key" signer_digest=sha256 default_policy=1.3.6.1.4.1.55555.1 digests=sha256,sha512 \
    ordering=yes ess_cert_id_alg=sha256 > "$1.cnf"
}
stamp() { # stamp AUTHORITY QUERY REPLY
  openssl ts -reply -config "$1.cnf" -queryfile "$2" -out "$3" 2> /dev/null
}
authority good
authority other
small_tree tree
casebook key new ada --no-passphrase > /dev/null 2>&1
casebook collect --root tree --profile logs --out ev > /dev/null
casebook collect --root tree --profile logs --out ev > /dev/null
expect 0 casebook verify ev/B-1
says 'not stamped'

# The query holds the digest of the signature file, as openssl reads it.
expect 0 casebook timestamp request ev/B-1 --out one.tsq
says 'application/timestamp-query'
digest=$(openssl ts -query -in one.tsq -text 2> /dev/null | grep -A3 'Message data' | sed -n 's/.* - \(.*\)   .*/\1/p' | tr -d ' \n-')
case $(sha512sum < ev/B-1/seal.json.sig)$(sha256sum < ev/B-1/seal.json.sig) in
  *"$(printf '%s' "$digest" | cut -c1-32)"*) ;;
  *) fail "the query is about something else: $digest" ;;
esac
expect 0 casebook timestamp request ev/B-2 --out two.tsq
stamp good one.tsq one.tsr
stamp good two.tsq two.tsr
stamp other one.tsq other.tsr

# Refused: a reply about another bag, of another authority, changed, or no reply at all. Nothing is kept.
expect 1 casebook timestamp attach ev/B-1 two.tsr --tsa good.root.pem
one_clear_line
expect 1 casebook timestamp attach ev/B-1 other.tsr --tsa good.root.pem
expect 2 casebook timestamp attach ev/B-1 one.tsr
warns '--tsa'
printf 'not a reply' > junk
expect 1 casebook timestamp attach ev/B-1 junk --tsa good.root.pem
size=$(stat -c %s one.tsr)
cp one.tsr bent.tsr
change_byte bent.tsr $((size - 10))
expect 1 casebook timestamp attach ev/B-1 bent.tsr --tsa good.root.pem
[ ! -e ev/B-1/seal.json.sig.tsr ] || fail "a refused token was kept"

# Taken, and checked by stock openssl as well.
expect 0 casebook timestamp attach ev/B-1 one.tsr --tsa good.root.pem
says 'stamped'
openssl ts -verify -data ev/B-1/seal.json.sig -in ev/B-1/seal.json.sig.tsr -CAfile good.root.pem > /dev/null 2>&1 ||
  fail "stock openssl refuses the token that was kept"
expect 0 casebook verify ev/B-1 --tsa good.root.pem
says 'INTACT'
grep -q 'time  *[0-9]\{4\}-.*good' out || fail "the time is not shown"
cp out with-time
casebook verify ev/B-1 --tsa good.root.pem --json | jq -e '.time | type == "string"' > /dev/null || fail "no time in JSON"

# The time is unknown, the bag stays what it is: no authority, another authority, a changed token, another's token.
unknown() { # unknown WORDS...: the check as it is now
  got=0
  casebook verify ev/B-1 "$@" > out 2> err || got=$?
  case $got in 0 | 3) ;; *) fail "a token made the bag bad: $got" ;; esac
  ! grep -q 'TAMPERED' out || fail "a token made the bag bad"
  grep 'time  ' out | grep -q 'unknown' || fail "the time is not unknown"
}
unknown
unknown --tsa other.root.pem
cp ev/B-1/seal.json.sig.tsr token
size=$(stat -c %s token)
for seek in 0 20 $((size / 3)) $((size / 2)) $((size - 5)); do
  cp token ev/B-1/seal.json.sig.tsr
  change_byte ev/B-1/seal.json.sig.tsr "$seek"
  unknown --tsa good.root.pem
done
cp two.tsr ev/B-1/seal.json.sig.tsr
unknown --tsa good.root.pem
head -c 40 token > ev/B-1/seal.json.sig.tsr
unknown --tsa good.root.pem
cp token ev/B-1/seal.json.sig.tsr
expect 0 casebook verify ev/B-1 --tsa good.root.pem
cmp out with-time || fail "the same bag is judged another way"
echo "time: ok"
