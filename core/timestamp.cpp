#include "core/timestamp.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "core/c_handle.h"
#include "core/openssl_error.h"
#include "core/printable.h"

namespace casebook {
namespace {

constexpr std::size_t kNonceBytes = 8;
constexpr std::size_t kNonceBytesMax = 64;
constexpr long kGranted = 0;

using Request = Handle<TS_REQ, TS_REQ_free>;
using Response = Handle<TS_RESP, TS_RESP_free>;
using Imprint = Handle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using Algorithm = Handle<X509_ALGOR, X509_ALGOR_free>;
using StatusInfo = Handle<TS_STATUS_INFO, TS_STATUS_INFO_free>;
using Integer = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using Number = Handle<BIGNUM, BN_free>;
using Token = Handle<PKCS7, PKCS7_free>;
using TokenInfo = Handle<TS_TST_INFO, TS_TST_INFO_free>;

Error refused(std::string_view why) {
  ERR_clear_error();
  return Error{ErrorCode::invalid_input, "time stamp: " + std::string(why)};
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <typename T>
Result<Bytes> der_of(const T* object, int (*write)(const T*, unsigned char**)) {
  const int size = write(object, nullptr);
  if (size <= 0) return openssl_error("i2d");
  Bytes der(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (write(object, &out) != size) return openssl_error("i2d");
  return der;
}

/// @return big-endian bytes without leading zeros; empty for none.
Result<Bytes> magnitude_of(const ASN1_INTEGER* integer) {
  if (integer == nullptr) return Bytes{};
  const Number number(ASN1_INTEGER_to_BN(integer, nullptr));
  if (!number) return openssl_error("ASN1_INTEGER_to_BN");
  if (BN_is_negative(number.get()) != 0 ||
      static_cast<std::size_t>(BN_num_bytes(number.get())) > kNonceBytesMax) {
    return refused("the nonce is negative or too long");
  }
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

/// The digest in an imprint, if it is a SHA-256.
std::optional<Digest256> digest_in(TS_MSG_IMPRINT* imprint) {
  const X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(imprint);
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
  const ASN1_OCTET_STRING* bytes = TS_MSG_IMPRINT_get_msg(imprint);
  Digest256 digest{};
  if (OBJ_obj2nid(name) != NID_sha256 ||
      static_cast<std::size_t>(ASN1_STRING_length(bytes)) != digest.size()) {
    return std::nullopt;
  }
  std::copy_n(reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(bytes)), digest.size(),
              digest.begin());
  return digest;
}

Status set_imprint(TS_REQ* request, const Digest256& digest) {
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  std::array<unsigned char, 32> bytes{};
  std::copy_n(raw(digest), digest.size(), bytes.begin());
  if (!imprint || !algorithm ||
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) != 1 ||
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) != 1 ||
      TS_MSG_IMPRINT_set_msg(imprint.get(), bytes.data(), static_cast<int>(bytes.size())) != 1 ||
      TS_REQ_set_msg_imprint(request, imprint.get()) != 1) {
    return openssl_error("TS_REQ_set_msg_imprint");
  }
  return ok();
}

Status set_nonce(TS_REQ* request, std::span<const std::byte> nonce) {
  const Number number(BN_bin2bn(raw(nonce), static_cast<int>(nonce.size()), nullptr));
  if (!number) return openssl_error("BN_bin2bn");
  const Integer integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
  if (!integer || TS_REQ_set_nonce(request, integer.get()) != 1) {
    return openssl_error("TS_REQ_set_nonce");
  }
  return ok();
}

Result<Response> parse_reply(std::span<const std::byte> reply) {
  if (reply.size() > kTimestampBytesMax) {
    return Error{ErrorCode::limit_exceeded, "time stamp: reply is too long"};
  }
  const unsigned char* in = raw(reply);
  Response response(d2i_TS_RESP(nullptr, &in, static_cast<long>(reply.size())));
  if (!response || in != raw(reply) + reply.size()) {
    return refused("the reply is not a TimeStampResp");
  }
  return response;
}

Status check_granted(TS_RESP* response) {
  const TS_STATUS_INFO* info = TS_RESP_get_status_info(response);
  if (ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info)) == kGranted &&
      TS_RESP_get_token(response) != nullptr && TS_RESP_get_tst_info(response) != nullptr) {
    return ok();
  }
  std::string words = "the authority did not grant it";
  const STACK_OF(ASN1_UTF8STRING)* texts = TS_STATUS_INFO_get0_text(info);
  for (int i = 0; texts != nullptr && i < std::min(sk_ASN1_UTF8STRING_num(texts), 4); ++i) {
    const ASN1_UTF8STRING* text = sk_ASN1_UTF8STRING_value(texts, i);
    const std::string said(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<std::size_t>(ASN1_STRING_length(text)));
    words += ": " + printable(said);
  }
  return refused(words);
}

/// The same token under the one status that is kept.
Result<Bytes> kept_form(TS_RESP* response) {
  Token token(PKCS7_dup(TS_RESP_get_token(response)));
  TokenInfo info(TS_TST_INFO_dup(TS_RESP_get_tst_info(response)));
  const StatusInfo status(TS_STATUS_INFO_new());
  const Response kept(TS_RESP_new());
  if (!token || !info || !status || !kept ||
      TS_STATUS_INFO_set_status(status.get(), kGranted) != 1 ||
      TS_RESP_set_status_info(kept.get(), status.get()) != 1) {
    return openssl_error("TS_RESP_set_status_info");
  }
  TS_RESP_set_tst_info(kept.get(), token.release(), info.release());
  return der_of<TS_RESP>(kept.get(), i2d_TS_RESP);
}

Result<Bytes> accept(std::span<const std::byte> reply, const Digest256& imprint,
                     const TimestampQuery* query) {
  auto response = parse_reply(reply);
  if (!response) return std::move(response).error();
  if (auto granted = check_granted(response->get()); !granted) return std::move(granted).error();
  TS_TST_INFO* info = TS_RESP_get_tst_info(response->get());
  const auto stamped = digest_in(TS_TST_INFO_get_msg_imprint(info));
  if (!stamped || *stamped != imprint) return refused("the token is over other bytes");
  if (query != nullptr && !query->nonce.empty()) {
    auto nonce = magnitude_of(TS_TST_INFO_get_nonce(info));
    if (!nonce) return nonce;
    if (*nonce != query->nonce) return refused("the token answers another query");
  }
  return kept_form(response->get());
}

}  // namespace

Result<TimestampQuery> make_timestamp_query(std::span<const std::byte> data,
                                            Randomness& randomness) {
  auto imprint = sha256(data);
  if (!imprint) return std::move(imprint).error();
  Bytes nonce(kNonceBytes);
  if (auto filled = randomness.fill(nonce); !filled) return std::move(filled).error();
  nonce.front() = (nonce.front() & std::byte{0x7f}) | std::byte{0x40};  // Eight bytes, positive.
  const Request request(TS_REQ_new());
  if (!request || TS_REQ_set_version(request.get(), 1) != 1 ||
      TS_REQ_set_cert_req(request.get(), 1) != 1) {
    return openssl_error("TS_REQ_new");
  }
  if (auto set = set_imprint(request.get(), *imprint); !set) return std::move(set).error();
  if (auto set = set_nonce(request.get(), nonce); !set) return std::move(set).error();
  auto der = der_of<TS_REQ>(request.get(), i2d_TS_REQ);
  if (!der) return std::move(der).error();
  return TimestampQuery{*std::move(der), *imprint, std::move(nonce)};
}

Result<TimestampQuery> parse_timestamp_query(std::span<const std::byte> der) {
  if (der.size() > kTimestampBytesMax) {
    return Error{ErrorCode::limit_exceeded, "time stamp: query is too long"};
  }
  const unsigned char* in = raw(der);
  const Request request(d2i_TS_REQ(nullptr, &in, static_cast<long>(der.size())));
  if (!request || in != raw(der) + der.size()) return refused("not a TimeStampReq");
  const auto imprint = digest_in(TS_REQ_get_msg_imprint(request.get()));
  if (!imprint) return refused("the query is not over a SHA-256");
  auto nonce = magnitude_of(TS_REQ_get_nonce(request.get()));
  if (!nonce) return std::move(nonce).error();
  return TimestampQuery{Bytes(der.begin(), der.end()), *imprint, *std::move(nonce)};
}

Result<Bytes> accept_timestamp_reply(std::span<const std::byte> reply,
                                     const TimestampQuery& query) {
  return accept(reply, query.imprint, &query);
}

Result<Bytes> accept_timestamp_reply(std::span<const std::byte> reply,
                                     std::span<const std::byte> data) {
  auto imprint = sha256(data);
  if (!imprint) return std::move(imprint).error();
  return accept(reply, *imprint, nullptr);
}

}  // namespace casebook
