#include "core/ssh_public_key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <array>

#include "core/c_handle.h"
#include "core/digest.h"
#include "core/openssl_error.h"
#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::size_t kLineBytesMax = 4096;
constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kEd25519PointBytes = 32;
constexpr std::size_t kP256PointBytes = 65;
constexpr std::size_t kApplicationBytesMax = 256;
constexpr std::string_view kP256Curve = "nistp256";
constexpr std::string_view kFingerprintPrefix = "SHA256:";
constexpr std::size_t kFingerprintBase64Bytes = 43;

using Bignum = Handle<BIGNUM, BN_free>;
using BignumContext = Handle<BN_CTX, BN_CTX_free>;
using Group = Handle<EC_GROUP, EC_GROUP_free>;
using Point = Handle<EC_POINT, EC_POINT_free>;

Error refused(std::string_view why) {
  return Error{ErrorCode::invalid_input, "key refused: " + std::string(why)};
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Bignum from_hex_digits(const char* digits) {
  BIGNUM* number = nullptr;
  if (BN_hex2bn(&number, digits) == 0) return nullptr;
  return Bignum(number);
}

/// The numbers of edwards25519 (RFC 8032 section 5.1) and room to compute with them.
struct Edwards {
  BignumContext context{BN_CTX_new()};
  Bignum p{from_hex_digits("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")};
  Bignum d{from_hex_digits("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3")};
  Bignum y{BN_new()};
  Bignum u{BN_new()};
  Bignum v{BN_new()};
  Bignum t{BN_new()};
  [[nodiscard]] bool complete() const { return context && p && d && y && u && v && t; }
};

enum class EdwardsPoint { good, not_canonical, not_on_curve, small_order };

/// x² = u/v with u = y²-1 and v = dy²+1; a point is on the curve when u·v is a square (v is never
/// 0). Doubling gives x' = 2xy/(1+dx²y²) and y' = (x²+y²)/(1-dx²y²). So the points whose order
/// divides 8 are x = 0, that is y = ±1 (orders 1 and 2), y = 0 (order 4), and x² = -y² (order 8).
Result<EdwardsPoint> classify(Edwards& e, std::span<const std::byte> point) {
  std::array<std::byte, kEd25519PointBytes> y_bytes{};
  std::copy_n(point.begin(), kEd25519PointBytes, y_bytes.begin());
  y_bytes.back() &= std::byte{0x7f};  // The top bit is the sign of x.
  BIGNUM* y = e.y.get();
  BIGNUM* u = e.u.get();
  BIGNUM* v = e.v.get();
  BIGNUM* t = e.t.get();
  const BIGNUM* p = e.p.get();
  BN_CTX* context = e.context.get();
  if (BN_lebin2bn(raw(y_bytes), kEd25519PointBytes, y) == nullptr)
    return openssl_error("BN_lebin2bn");
  if (BN_cmp(y, p) >= 0) return EdwardsPoint::not_canonical;
  const bool computed = BN_mod_sqr(t, y, p, context) == 1 &&
                        BN_mod_sub(u, t, BN_value_one(), p, context) == 1 &&
                        BN_mod_mul(v, e.d.get(), t, p, context) == 1 &&
                        BN_mod_add(v, v, BN_value_one(), p, context) == 1;
  if (!computed) return openssl_error("BN_mod_mul");
  if (BN_is_zero(y) || BN_is_zero(u)) return EdwardsPoint::small_order;
  // Here t = y². Order 8: x² = -y², that is u = -v·y², or u + v·t = 0.
  Bignum product(BN_new());
  if (!product) return openssl_error("BN_new");
  if (BN_mod_mul(product.get(), v, t, p, context) != 1 ||
      BN_mod_add(product.get(), product.get(), u, p, context) != 1) {
    return openssl_error("BN_mod_add");
  }
  if (BN_is_zero(product.get())) return EdwardsPoint::small_order;
  if (BN_mod_mul(product.get(), u, v, p, context) != 1) return openssl_error("BN_mod_mul");
  const int symbol = BN_kronecker(product.get(), p, context);
  if (symbol < -1) return openssl_error("BN_kronecker");
  return symbol == 1 ? EdwardsPoint::good : EdwardsPoint::not_on_curve;
}

Status check_ed25519(std::span<const std::byte> point) {
  if (point.size() != kEd25519PointBytes) return refused("an Ed25519 key has 32 bytes");
  Edwards numbers;
  if (!numbers.complete()) return openssl_error("BN_new");
  auto kind = classify(numbers, point);
  if (!kind) return std::move(kind).error();
  switch (*kind) {
    case EdwardsPoint::good:
      return ok();
    case EdwardsPoint::not_canonical:
      return refused("not a canonical Ed25519 encoding");
    case EdwardsPoint::not_on_curve:
      return refused("not a point of Ed25519");
    case EdwardsPoint::small_order:
      return refused("a point of small order fits every text");
  }
  return refused("unknown kind of point");
}

Status check_p256(std::span<const std::byte> bytes) {
  if (bytes.size() != kP256PointBytes || bytes.front() != std::byte{4}) {
    return refused("a P-256 key is an uncompressed point of 65 bytes");
  }
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!group) return openssl_error("EC_GROUP_new_by_curve_name");
  const Point point(EC_POINT_new(group.get()));
  const BignumContext context(BN_CTX_new());
  if (!point || !context) return openssl_error("EC_POINT_new");
  // Checks 0 <= x, y < p and the equation of the curve; infinity has another length.
  if (EC_POINT_oct2point(group.get(), point.get(), raw(bytes), bytes.size(), context.get()) != 1) {
    (void)openssl_error("EC_POINT_oct2point");  // Empties the queue; the reason is plain.
    return refused("not a point of P-256");
  }
  return ok();
}

/// Thousands of signatures of a ledger are by a few keys: their points are computed with once.
class PointsFoundGood {
 public:
  [[nodiscard]] bool know(std::span<const std::byte> point) const {
    return std::ranges::any_of(
        points_, [&](const Bytes& known) { return std::ranges::equal(known, point); });
  }
  void keep(std::span<const std::byte> point) {
    if (points_.size() < kMost) points_.emplace_back();
    points_[next_].assign(point.begin(), point.end());
    next_ = (next_ + 1) % kMost;
  }

 private:
  static constexpr std::size_t kMost = 32;
  std::vector<Bytes> points_;
  std::size_t next_ = 0;
};

Status check_point(std::span<const std::byte> point, bool ed25519) {
  thread_local PointsFoundGood found_good;  // The two kinds differ in length.
  if (found_good.know(point)) return ok();
  auto checked = ed25519 ? check_ed25519(point) : check_p256(point);
  if (checked) found_good.keep(point);
  return checked;
}

bool is_ed25519(SshKeyType type) {
  return type == SshKeyType::ed25519 || type == SshKeyType::sk_ed25519;
}

bool is_sk(SshKeyType type) {
  return type == SshKeyType::sk_ed25519 || type == SshKeyType::sk_ecdsa_p256;
}

Result<Bytes> read_point(SshReader& reader, SshKeyType type) {
  if (!is_ed25519(type)) {
    auto curve = reader.text(kTypeBytesMax);
    if (!curve) return std::move(curve).error();
    if (*curve != kP256Curve) return refused("the curve is not nistp256");
  }
  auto point = reader.string(kP256PointBytes);
  if (!point) return std::move(point).error();
  if (auto good = check_point(*point, is_ed25519(type)); !good) return std::move(good).error();
  return Bytes(point->begin(), point->end());
}

Result<std::string> read_application(SshReader& reader) {
  auto application = reader.text(kApplicationBytesMax);
  if (!application) return std::move(application).error();
  const bool plain = std::ranges::all_of(*application, [](char c) { return c > ' ' && c <= '~'; });
  if (!application->starts_with("ssh:") || !plain) {
    return refused("the application of a token key begins with ssh:");
  }
  return std::string(*application);
}

}  // namespace

std::string_view to_string(SshKeyType type) noexcept {
  switch (type) {
    case SshKeyType::ed25519:
      return "ssh-ed25519";
    case SshKeyType::ecdsa_p256:
      return "ecdsa-sha2-nistp256";
    case SshKeyType::sk_ed25519:
      return "sk-ssh-ed25519@openssh.com";
    case SshKeyType::sk_ecdsa_p256:
      return "sk-ecdsa-sha2-nistp256@openssh.com";
  }
  return "";
}

Result<SshKeyType> ssh_key_type(std::string_view name) {
  for (const SshKeyType type : {SshKeyType::ed25519, SshKeyType::ecdsa_p256, SshKeyType::sk_ed25519,
                                SshKeyType::sk_ecdsa_p256}) {
    if (name == to_string(type)) return type;
  }
  return refused("only Ed25519 and ECDSA P-256 keys are accepted, also in tokens");
}

SshPublicKey::SshPublicKey(SshKeyType type, Bytes point, std::string application)
    : type_(type), point_(std::move(point)), application_(std::move(application)) {
  SshWriter writer;
  writer.string(to_string(type_));
  if (!is_ed25519(type_)) writer.string(kP256Curve);
  writer.string(point_);
  if (is_sk(type_)) writer.string(application_);
  blob_ = std::move(writer).take();
}

Result<SshPublicKey> SshPublicKey::from_blob(std::span<const std::byte> blob) {
  SshReader reader(blob);
  auto name = reader.text(kTypeBytesMax);
  if (!name) return std::move(name).error();
  auto type = ssh_key_type(*name);
  if (!type) return std::move(type).error();
  auto point = read_point(reader, *type);
  if (!point) return std::move(point).error();
  std::string application;
  if (is_sk(*type)) {
    auto read = read_application(reader);
    if (!read) return std::move(read).error();
    application = *std::move(read);
  }
  if (auto ended = reader.end(); !ended) return std::move(ended).error();
  return SshPublicKey(*type, *std::move(point), std::move(application));
}

Result<SshPublicKey> SshPublicKey::from_line(std::string_view line) {
  if (line.size() > kLineBytesMax) return Error{ErrorCode::limit_exceeded, "key line is too long"};
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.find_first_of(std::string_view("\n\r\0", 3)) != std::string_view::npos) {
    return refused("a public key is one line");
  }
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return refused("a public key line is TYPE BASE64");
  const std::string_view name = line.substr(0, blank);
  line.remove_prefix(blank + 1);
  auto blob = from_base64(line.substr(0, line.find(' ')));
  if (!blob) return std::move(blob).error().context("key refused");
  auto key = from_blob(*blob);
  if (key && name != to_string(key->type())) return refused("the line names another type");
  return key;
}

Result<SshPublicKey> SshPublicKey::from_ed25519_point(std::span<const std::byte> point) {
  if (auto good = check_ed25519(point); !good) return std::move(good).error();
  return SshPublicKey(SshKeyType::ed25519, Bytes(point.begin(), point.end()), {});
}

Result<SshPublicKey> SshPublicKey::from_p256_point(std::span<const std::byte> point) {
  if (auto good = check_p256(point); !good) return std::move(good).error();
  return SshPublicKey(SshKeyType::ecdsa_p256, Bytes(point.begin(), point.end()), {});
}

bool SshPublicKey::is_token() const { return is_sk(type_); }

std::string SshPublicKey::line() const {
  return std::string(to_string(type_)) + ' ' + to_base64(blob_);
}

Result<std::string> SshPublicKey::fingerprint() const {
  auto digest = sha256(blob_);
  if (!digest) return std::move(digest).error();
  return std::string(kFingerprintPrefix) + to_base64(*digest, Base64Padding::without);
}

bool is_ssh_fingerprint(std::string_view text) noexcept {
  if (!text.starts_with(kFingerprintPrefix)) return false;
  text.remove_prefix(kFingerprintPrefix.size());
  return text.size() == kFingerprintBase64Bytes && bool(from_base64(text, Base64Padding::without));
}

}  // namespace casebook
