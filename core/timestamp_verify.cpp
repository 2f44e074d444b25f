/// Checking of time tokens: docs/spec/time.md section 3. Queries and replies are in timestamp.cpp.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <charconv>

#include "core/c_handle.h"
#include "core/openssl_error.h"
#include "core/timestamp.h"

namespace casebook {
namespace {

constexpr std::size_t kAuthoritiesBytesMax = std::size_t{1} << 20U;
constexpr int kAuthoritiesMax = 64;
constexpr int kSecurityLevel = 2;  // OpenSSL's name for 112 bits.
constexpr int kLastYear = 2261;    // The last full one that nanoseconds in 64 bits can hold.

using Response = Handle<TS_RESP, TS_RESP_free>;
using Certificate = Handle<X509, X509_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using ChainContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
using Bio = Handle<BIO, BIO_free_all>;
using Number = Handle<BIGNUM, BN_free>;

void free_openssl(void* pointer) { OPENSSL_free(pointer); }
using OpensslText = std::unique_ptr<char, FreeWith<free_openssl>>;

TimeCheck unknown(std::string_view reason) {
  ERR_clear_error();
  return TimeCheck{std::nullopt, std::string(reason)};
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <typename T>
Bytes der_of(const T* object, int (*write)(const T*, unsigned char**)) {
  const int size = write(object, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  return write(object, &out) == size ? der : Bytes{};
}

Result<Store> read_authorities(std::string_view pem) {
  if (pem.size() > kAuthoritiesBytesMax) {
    return Error{ErrorCode::limit_exceeded, "time authorities: more than 1 MiB"};
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Store store(X509_STORE_new());
  if (!bio || !store) return openssl_error("X509_STORE_new");
  int count = 0;
  while (const Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (++count > kAuthoritiesMax) {
      return Error{ErrorCode::limit_exceeded, "time authorities: more than 64 certificates"};
    }
    if (X509_STORE_add_cert(store.get(), certificate.get()) != 1) {
      return openssl_error("X509_STORE_add_cert");
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count == 0 || !at_end) {
    return Error{ErrorCode::invalid_input, "time authorities: not certificates in PEM"};
  }
  return store;
}

bool has_no_parameters(const X509_ALGOR* algorithm) {
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(nullptr, &type, nullptr, algorithm);
  return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

int name_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(name);
}

bool is_strong_digest(int name) {
  return name == NID_sha256 || name == NID_sha384 || name == NID_sha512;
}

/// Everything in a SignedData that no signature covers has one value: section 3, rule 2.
std::string_view oddness(const PKCS7* token) {
  if (OBJ_obj2nid(token->type) != NID_pkcs7_signed) return "not a SignedData";
  const PKCS7_SIGNED* data = token->d.sign;
  if (ASN1_INTEGER_get(data->version) != 3) return "SignedData is not version 3";
  if (sk_X509_CRL_num(data->crl) > 0) return "carries revocation lists";
  if (sk_PKCS7_SIGNER_INFO_num(data->signer_info) != 1) return "has not exactly one signer";
  if (sk_X509_ALGOR_num(data->md_algs) != 1) return "has not exactly one digest algorithm";
  const PKCS7_SIGNER_INFO* signer = sk_PKCS7_SIGNER_INFO_value(data->signer_info, 0);
  if (ASN1_INTEGER_get(signer->version) != 1) return "SignerInfo is not version 1";
  if (sk_X509_ATTRIBUTE_num(signer->unauth_attr) > 0) return "carries unsigned attributes";
  const X509_ALGOR* named = sk_X509_ALGOR_value(data->md_algs, 0);
  if (name_of(named) != name_of(signer->digest_alg) || !is_strong_digest(name_of(named)) ||
      !has_no_parameters(named) || !has_no_parameters(signer->digest_alg) ||
      !has_no_parameters(signer->digest_enc_alg)) {
    return "its digest algorithm is weak or differs";
  }
  return {};
}

/// OpenSSL finds the signer's certificate by its issuer's name without regard to case and blanks.
bool names_exactly(const PKCS7_SIGNER_INFO* signer, const X509* certificate) {
  const Bytes stated = der_of<X509_NAME>(signer->issuer_and_serial->issuer, i2d_X509_NAME);
  return !stated.empty() &&
         stated == der_of<X509_NAME>(X509_get_issuer_name(certificate), i2d_X509_NAME);
}

/// The stated name of the signature algorithm is not signed either, and OpenSSL never reads it.
bool is_algorithm_of(const PKCS7_SIGNER_INFO* signer, const X509* certificate) {
  const int stated = name_of(signer->digest_enc_alg);
  const int key_kind = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate));
  if (stated == NID_rsaEncryption) return key_kind == EVP_PKEY_RSA;
  int digest = NID_undef;
  int kind = NID_undef;
  return OBJ_find_sigid_algs(stated, &digest, &kind) == 1 &&
         digest == name_of(signer->digest_alg) && EVP_PKEY_type(kind) == key_kind;
}

/// Takes exactly `count` digits from the front.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  int value = 0;
  if (text.size() < count) return std::nullopt;
  const char* end = text.data() + count;
  if (text.front() < '0' || text.front() > '9') return std::nullopt;  // No sign.
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

/// RFC 3161: YYYYMMDDhhmmss[.f…]Z, at most nine decimals here.
std::optional<UtcNanoseconds> parse_gen_time(std::string_view text) {
  using namespace std::chrono;
  const auto y = digits(text, 4);
  const auto mon = digits(text, 2);
  const auto d = digits(text, 2);
  const auto h = digits(text, 2);
  const auto min = digits(text, 2);
  const auto s = digits(text, 2);
  if (!y || !mon || !d || !h || !min || !s) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mon)),
                            day(static_cast<unsigned>(*d)));
  if (*y < 1970 || *y > kLastYear || !date.ok() || *h > 23 || *min > 59 || *s > 59) {
    return std::nullopt;
  }
  UtcNanoseconds time = sys_days(date) + hours(*h) + minutes(*min) + seconds(*s);
  if (text == "Z") return time;
  if (text.size() < 3 || text.size() > 11 || text.front() != '.' || text.back() != 'Z') {
    return std::nullopt;
  }
  std::string decimals(text.substr(1, text.size() - 2));
  decimals.resize(9, '0');
  std::string_view view = decimals;
  const auto fraction = digits(view, 9);
  if (!fraction) return std::nullopt;
  return time + nanoseconds(*fraction);
}

std::optional<std::chrono::microseconds> accuracy_of(const TS_ACCURACY* accuracy) {
  if (accuracy == nullptr) return std::nullopt;
  const auto value = [](const ASN1_INTEGER* integer) {
    std::int64_t number = 0;
    if (integer == nullptr || ASN1_INTEGER_get_int64(&number, integer) != 1) return std::int64_t{0};
    return std::clamp<std::int64_t>(number, 0, 1'000'000'000);
  };
  return std::chrono::seconds(value(TS_ACCURACY_get_seconds(accuracy))) +
         std::chrono::milliseconds(value(TS_ACCURACY_get_millis(accuracy))) +
         std::chrono::microseconds(value(TS_ACCURACY_get_micros(accuracy)));
}

std::string subject_of(const X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio ||
      X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
    return {};
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string serial_of(const TS_TST_INFO* info) {
  const Number number(ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), nullptr));
  const OpensslText text(number ? BN_bn2hex(number.get()) : nullptr);
  return text ? text.get() : "";
}

std::string policy_of(TS_TST_INFO* info) {
  std::array<char, 256> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), TS_TST_INFO_get_policy_id(info), 1);
  return text.data();
}

bool is_over(TS_TST_INFO* info, const Digest256& imprint) {
  TS_MSG_IMPRINT* stamped = TS_TST_INFO_get_msg_imprint(info);
  const X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(stamped);
  const ASN1_OCTET_STRING* bytes = TS_MSG_IMPRINT_get_msg(stamped);
  return name_of(algorithm) == NID_sha256 &&
         std::ranges::equal(std::span(ASN1_STRING_get0_data(bytes),
                                      static_cast<std::size_t>(ASN1_STRING_length(bytes))),
                            std::span(raw(imprint), imprint.size()));
}

/// True when every certificate inside the token is, byte for byte, part of the signer's chain.
bool holds_only_its_chain(X509_STORE* store, X509* signer, STACK_OF(X509) * inside) {
  const ChainContext context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store, signer, inside) != 1 ||
      X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_TIMESTAMP_SIGN) != 1 ||
      X509_verify_cert(context.get()) != 1) {
    return false;
  }
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(inside); ++i) {
    const Bytes der = der_of<X509>(sk_X509_value(inside, i), i2d_X509);
    bool found = false;
    for (int j = 0; j < sk_X509_num(chain) && !found; ++j) {
      found = !der.empty() && der_of<X509>(sk_X509_value(chain, j), i2d_X509) == der;
    }
    if (!found) return false;
  }
  return true;
}

/// Rules 1 to 3. @return null and a reason in `reason`, or the parsed reply.
Response read_strictly(std::span<const std::byte> token, const Digest256& imprint,
                       std::string_view& reason) {
  reason = "the token is not in its only form";
  if (token.size() > kTimestampBytesMax) return nullptr;
  const unsigned char* in = raw(token);
  Response response(d2i_TS_RESP(nullptr, &in, static_cast<long>(token.size())));
  if (!response || in != raw(token) + token.size()) return nullptr;
  if (!std::ranges::equal(der_of<TS_RESP>(response.get(), i2d_TS_RESP), token)) return nullptr;
  const TS_STATUS_INFO* status = TS_RESP_get_status_info(response.get());
  const bool granted = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status)) == 0 &&
                       TS_STATUS_INFO_get0_text(status) == nullptr &&
                       TS_STATUS_INFO_get0_failure_info(status) == nullptr;
  PKCS7* signed_data = TS_RESP_get_token(response.get());
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  if (!granted || signed_data == nullptr || info == nullptr) return nullptr;
  if (reason = oddness(signed_data); !reason.empty()) return nullptr;
  reason = "the token is over other bytes";
  if (TS_TST_INFO_get_version(info) != 1 || !is_over(info, imprint)) return nullptr;
  reason = {};
  return response;
}

/// Rules 4 to 6.
Result<TimeCheck> check_signer(X509_STORE* store, PKCS7* token, TS_TST_INFO* info,
                               UtcNanoseconds at) {
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(
      param, std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(at)));
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509* signer_raw = nullptr;
  const int good = TS_RESP_verify_signature(token, nullptr, store, &signer_raw);
  const Certificate signer(signer_raw);
  if (good != 1 || !signer) return unknown("not signed by a time authority that is believed");
  const PKCS7_SIGNER_INFO* signer_info = sk_PKCS7_SIGNER_INFO_value(token->d.sign->signer_info, 0);
  if (!names_exactly(signer_info, signer.get()) || !is_algorithm_of(signer_info, signer.get())) {
    return unknown("the token names another signer or algorithm than it uses");
  }
  if (!holds_only_its_chain(store, signer.get(), token->d.sign->cert)) {
    return unknown("the token carries a certificate that is not part of its chain");
  }
  auto digest = sha256(der_of<X509>(signer.get(), i2d_X509));
  if (!digest) return std::move(digest).error();
  ERR_clear_error();
  return TimeCheck{TrustedTime{.at = at,
                               .accuracy = accuracy_of(TS_TST_INFO_get_accuracy(info)),
                               .serial = serial_of(info),
                               .policy = policy_of(info),
                               .authority = subject_of(signer.get()),
                               .certificate = *digest},
                   {}};
}

}  // namespace

Result<TimeCheck> verify_timestamp(std::span<const std::byte> data,
                                   std::span<const std::byte> token,
                                   std::string_view authorities_pem) {
  auto store = read_authorities(authorities_pem);
  if (!store) return std::move(store).error();
  auto imprint = sha256(data);
  if (!imprint) return std::move(imprint).error();
  std::string_view reason;
  const Response response = read_strictly(token, *imprint, reason);
  if (!response) return unknown(reason);
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  const ASN1_GENERALIZEDTIME* stated = TS_TST_INFO_get_time(info);
  const auto at = parse_gen_time({reinterpret_cast<const char*>(ASN1_STRING_get0_data(stated)),
                                  static_cast<std::size_t>(ASN1_STRING_length(stated))});
  if (!at) return unknown("the token states no readable time");
  return check_signer(store->get(), TS_RESP_get_token(response.get()), info, *at);
}

}  // namespace casebook
