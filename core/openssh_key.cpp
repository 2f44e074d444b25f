#include "core/openssh_key.h"

#include <botan/pwdhash.h>
#include <openssl/evp.h>

#include <algorithm>
#include <exception>

#include "core/c_handle.h"
#include "core/openssl_error.h"
#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::string_view kMagic("openssh-key-v1\0", 15);
constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view kNone = "none";
constexpr std::string_view kCipher = "aes256-ctr";
constexpr std::string_view kKdf = "bcrypt";
constexpr std::size_t kColumns = 70;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kFieldBytesMax = 8192;
constexpr std::size_t kCommentBytesMax = 256;
constexpr std::size_t kForeignCommentBytesMax = 1024;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSaltBytesMax = 64;
constexpr unsigned kRoundsMax = 1024;
constexpr std::size_t kCipherKeyBytes = 32;
constexpr std::size_t kCipherIvBytes = 16;
constexpr std::size_t kCipherBlockBytes = 16;
constexpr std::size_t kPlainBlockBytes = 8;
constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kScalarBytesMax = 32;

using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

Error bad_file(std::string_view why) {
  return Error{ErrorCode::invalid_input, "key file: " + std::string(why)};
}

/// The file taken apart; `salt` and `body` point into `blob`.
struct KeyFile {
  SecretBytes blob;
  SshPublicKey public_key;
  bool encrypted;
  std::span<const std::byte> salt;
  unsigned rounds = 0;
  std::span<const std::byte> body;
};

Result<SecretBytes> blob_of(const SecretBytes& file) {
  if (file.size() > kOpensshKeyBytesMax) {
    return Error{ErrorCode::limit_exceeded, "key file: too long"};
  }
  std::string_view text = as_text(file.reveal());
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) ||
      text.size() < kBegin.size() + kEnd.size()) {
    return bad_file("not an OpenSSH private key");
  }
  text.remove_prefix(kBegin.size());
  text.remove_suffix(kEnd.size());
  SecretBytes base64(text.size());
  const auto room = base64.reveal_mutable();
  std::size_t size = 0;
  for (const char c : text) {
    if (c != '\n') room[size++] = static_cast<std::byte>(c);
  }
  auto blob = from_base64(as_text(room.first(size)));
  if (!blob) return bad_file("not valid base64");
  return SecretBytes(*std::move(blob));
}

Status parse_kdf(std::string_view cipher, std::string_view kdf, std::span<const std::byte> options,
                 KeyFile& key) {
  if (cipher == kNone && kdf == kNone && options.empty()) return ok();
  if (cipher != kCipher || kdf != kKdf) {
    Error error = bad_file("its cipher is not aes256-ctr with bcrypt");
    error.hint = "ssh-keygen -p -Z aes256-ctr -f FILE encrypts it anew";
    return error;
  }
  SshReader reader(options);
  auto salt = reader.string(kSaltBytesMax);
  auto rounds = reader.uint32();
  if (!salt || !rounds || !reader.end() || salt->empty() || *rounds == 0) {
    return bad_file("its bcrypt options are malformed");
  }
  if (*rounds > kRoundsMax) {
    return Error{ErrorCode::limit_exceeded, "key file: more than 1,024 bcrypt rounds"};
  }
  key.encrypted = true;
  key.salt = *salt;
  key.rounds = *rounds;
  return ok();
}

Result<KeyFile> parse_file(const SecretBytes& file) {
  auto blob = blob_of(file);
  if (!blob) return std::move(blob).error();
  SshReader reader(blob->reveal());  // Moving a SecretBytes keeps its bytes where they are.
  auto magic = reader.raw(kMagic.size());
  if (!magic || as_text(*magic) != kMagic) return bad_file("not an openssh-key-v1");
  auto cipher = reader.text(kNameBytesMax);
  auto kdf = reader.text(kNameBytesMax);
  auto options = reader.string(kFieldBytesMax);
  auto count = reader.uint32();
  auto public_blob = reader.string(kFieldBytesMax);
  auto body = reader.string(kFieldBytesMax);
  if (!cipher || !kdf || !options || !count || !public_blob || !body || !reader.end() ||
      *count != 1) {
    return bad_file("malformed, or not exactly one key");
  }
  auto public_key = SshPublicKey::from_blob(*public_blob);
  if (!public_key) return std::move(public_key).error().context("key file");
  KeyFile key{.blob = *std::move(blob),
              .public_key = *std::move(public_key),
              .encrypted = false,
              .salt = {},
              .rounds = 0,
              .body = *body};
  if (auto good = parse_kdf(*cipher, *kdf, *options, key); !good) return std::move(good).error();
  const std::size_t block = key.encrypted ? kCipherBlockBytes : kPlainBlockBytes;
  if (body->empty() || body->size() % block != 0) return bad_file("its length is not whole blocks");
  return key;
}

/// Cipher key and initial counter from a passphrase.
Result<SecretBytes> derive(const SecretBytes& passphrase, std::span<const std::byte> salt,
                           unsigned rounds) {
  SecretBytes derived(kCipherKeyBytes + kCipherIvBytes);
  try {
    const auto family = Botan::PasswordHashFamily::create("Bcrypt-PBKDF");
    if (!family) return Error{ErrorCode::crypto, "Botan lacks Bcrypt-PBKDF"};
    const auto hash = family->from_params(rounds);
    hash->derive_key(reinterpret_cast<std::uint8_t*>(derived.reveal_mutable().data()),
                     derived.size(), reinterpret_cast<const char*>(passphrase.reveal().data()),
                     passphrase.size(), reinterpret_cast<const std::uint8_t*>(salt.data()),
                     salt.size());
  } catch (const std::exception&) {  // Botan reports by exceptions; they end here.
    return Error{ErrorCode::crypto, "Botan could not derive a key from the passphrase"};
  }
  return derived;
}

/// AES-256 in counter mode: the same in both directions.
Result<SecretBytes> crypt(const SecretBytes& derived, std::span<const std::byte> input) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (!context) return openssl_error("EVP_CIPHER_CTX_new");
  const auto* key = reinterpret_cast<const unsigned char*>(derived.reveal().data());
  if (EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, key, key + kCipherKeyBytes) !=
      1) {
    return openssl_error("EVP_EncryptInit_ex");
  }
  SecretBytes output(input.size());
  int size = 0;
  if (EVP_EncryptUpdate(context.get(),
                        reinterpret_cast<unsigned char*>(output.reveal_mutable().data()), &size,
                        reinterpret_cast<const unsigned char*>(input.data()),
                        static_cast<int>(input.size())) != 1 ||
      static_cast<std::size_t>(size) != input.size()) {
    return openssl_error("EVP_EncryptUpdate");
  }
  return output;
}

Result<std::unique_ptr<Signer>> read_ed25519(SshReader& reader, const SshPublicKey& expected) {
  auto point = reader.string(kSeedBytes);
  auto pair = reader.string(2 * kSeedBytes);
  if (!point || !pair || pair->size() != 2 * kSeedBytes) return bad_file("malformed Ed25519 key");
  auto signer = Ed25519Signer::from_seed(SecretBytes::copy_of(pair->first(kSeedBytes)));
  if (!signer) return std::move(signer).error();
  if (!(signer->public_key() == expected) || !std::ranges::equal(*point, expected.point()) ||
      !std::ranges::equal(pair->subspan(kSeedBytes), expected.point())) {
    return bad_file("its private and public halves differ");
  }
  return std::unique_ptr<Signer>(std::make_unique<Ed25519Signer>(*std::move(signer)));
}

Result<std::unique_ptr<Signer>> read_p256(SshReader& reader, const SshPublicKey& expected) {
  auto curve = reader.text(kNameBytesMax);
  auto point = reader.string(expected.point().size());
  auto scalar = reader.positive_mpint(kScalarBytesMax);
  if (!curve || !point || !scalar || *curve != "nistp256" ||
      !std::ranges::equal(*point, expected.point())) {
    return bad_file("malformed P-256 key");
  }
  auto signer = EcdsaP256Signer::from_scalar(SecretBytes::copy_of(*scalar), expected);
  if (!signer) return std::move(signer).error().context("key file");
  return std::unique_ptr<Signer>(std::make_unique<EcdsaP256Signer>(*std::move(signer)));
}

Status check_padding(SshReader& reader, std::size_t block) {
  const auto padding = reader.left();
  if (padding.size() >= block) return bad_file("too much padding");
  for (std::size_t i = 0; i < padding.size(); ++i) {
    if (padding[i] != static_cast<std::byte>(i + 1)) return bad_file("wrong padding");
  }
  return ok();
}

Result<std::unique_ptr<Signer>> read_body(std::span<const std::byte> body, const KeyFile& key) {
  SshReader reader(body);
  auto first = reader.uint32();
  auto second = reader.uint32();
  if (!first || !second || *first != *second) {
    if (!key.encrypted) return bad_file("its check numbers differ");
    return Error{ErrorCode::locked, "the passphrase is wrong"};
  }
  auto type = reader.text(kNameBytesMax);
  if (!type || *type != to_string(key.public_key.type())) return bad_file("its halves differ");
  if (key.public_key.is_token()) {
    Error error = bad_file("the key is in a token; this file only refers to it");
    error.hint = "ssh-add the file, or sign with ssh-keygen -Y sign";
    return error;
  }
  auto signer = key.public_key.type() == SshKeyType::ed25519 ? read_ed25519(reader, key.public_key)
                                                             : read_p256(reader, key.public_key);
  if (!signer) return signer;
  if (auto comment = reader.string(kForeignCommentBytesMax); !comment) {
    return bad_file("malformed comment");
  }
  const std::size_t block = key.encrypted ? kCipherBlockBytes : kPlainBlockBytes;
  if (auto good = check_padding(reader, block); !good) return std::move(good).error();
  return signer;
}

/// The part that is encrypted, filled up to whole blocks.
Result<SecretBytes> plain_body(const Ed25519Signer& key, std::string_view comment,
                               std::size_t block, Randomness& randomness) {
  std::array<std::byte, 4> check_number{};
  if (auto filled = randomness.fill(check_number); !filled) return std::move(filled).error();
  const auto& point = key.public_key().point();
  SshWriter writer(512 + comment.size());  // Never grows, so no copy of the key is left behind.
  writer.raw(check_number).raw(check_number);
  writer.string(to_string(SshKeyType::ed25519)).string(point);
  writer.uint32(2 * kSeedBytes).raw(key.seed().reveal()).raw(point).string(comment);
  for (std::uint8_t i = 1; writer.bytes().size() % block != 0; ++i) writer.byte(i);
  return SecretBytes(std::move(writer).take());
}

SecretBytes armored(std::span<const std::byte> blob) {
  const std::string base64 = to_base64(blob);
  std::string text(kBegin);
  for (std::size_t at = 0; at < base64.size(); at += kColumns) {
    text.append(base64, at, kColumns).push_back('\n');
  }
  return SecretBytes::copy_of(text.append(kEnd));
}

bool is_plain_comment(std::string_view comment) {
  return comment.size() <= kCommentBytesMax &&
         std::ranges::all_of(comment, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<OpensshKeyInfo> inspect_openssh_key(const SecretBytes& file) {
  auto key = parse_file(file);
  if (!key) return std::move(key).error();
  return OpensshKeyInfo{std::move(key->public_key), key->encrypted};
}

Result<std::unique_ptr<Signer>> open_openssh_key(const SecretBytes& file,
                                                 const SecretBytes& passphrase) {
  auto key = parse_file(file);
  if (!key) return std::move(key).error();
  if (!key->encrypted) return read_body(key->body, *key);
  if (passphrase.empty()) return Error{ErrorCode::locked, "the key needs its passphrase"};
  auto derived = derive(passphrase, key->salt, key->rounds);
  if (!derived) return std::move(derived).error();
  auto body = crypt(*derived, key->body);
  if (!body) return std::move(body).error();
  return read_body(body->reveal(), *key);
}

Result<SecretBytes> write_openssh_key(const Ed25519Signer& key, std::string_view comment,
                                      const SecretBytes& passphrase, Randomness& randomness,
                                      unsigned rounds) {
  if (passphrase.empty()) return Error{ErrorCode::invalid_input, "a key needs a passphrase"};
  if (!is_plain_comment(comment) || rounds == 0 || rounds > kRoundsMax) {
    return Error{ErrorCode::invalid_input, "key file: unusable comment or number of rounds"};
  }
  Bytes salt(kSaltBytes);
  if (auto filled = randomness.fill(salt); !filled) return std::move(filled).error();
  auto derived = derive(passphrase, salt, rounds);
  if (!derived) return derived;
  auto plain = plain_body(key, comment, kCipherBlockBytes, randomness);
  if (!plain) return plain;
  auto body = crypt(*derived, plain->reveal());
  if (!body) return body;
  SshWriter options;
  options.string(salt).uint32(rounds);
  SshWriter writer;
  writer.raw(as_bytes(kMagic)).string(kCipher).string(kKdf).string(options.bytes());
  writer.uint32(1).string(key.public_key().blob()).string(body->reveal());
  return armored(writer.bytes());
}

Result<SecretBytes> write_open_openssh_key(const Ed25519Signer& key, std::string_view comment,
                                           Randomness& randomness) {
  if (!is_plain_comment(comment)) {
    return Error{ErrorCode::invalid_input, "key file: unusable comment"};
  }
  auto body = plain_body(key, comment, kPlainBlockBytes, randomness);
  if (!body) return body;
  SshWriter writer(1024 + comment.size());  // Never grows, as above.
  writer.raw(as_bytes(kMagic)).string(kNone).string(kNone).string(std::string_view());
  writer.uint32(1).string(key.public_key().blob()).string(body->reveal());
  const SecretBytes blob(std::move(writer).take());
  return armored(blob.reveal());
}

}  // namespace casebook
