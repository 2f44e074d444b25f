#pragma once
/// A FIDO token in software: the same signatures, no hardware (which is attack RT-17 itself).

#include "core/digest.h"
#include "core/ssh_raw_signature.h"
#include "core/ssh_signer.h"
#include "core/ssh_wire.h"

namespace casebook {

class SoftwareToken final : public Signer {
 public:
  SoftwareToken(Ed25519Signer signer, std::uint8_t flags)
      : signer_(std::move(signer)), public_key_(token_key(signer_)), flags_(flags) {}
  [[nodiscard]] const SshPublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(std::span<const std::byte> data) override {
    SshWriter bound;
    bound.raw(*sha256(as_bytes("ssh:"))).byte(flags_).uint32(++counter_).raw(*sha256(data));
    const auto inner = parse_raw_signature(*signer_.sign(bound.bytes()));
    return RawSignature{
        .type = SshKeyType::sk_ed25519, .value = inner->value, .flags = flags_, .counter = counter_}
        .encoded();
  }

 private:
  static SshPublicKey token_key(const Ed25519Signer& signer) {
    SshWriter blob;
    blob.string("sk-ssh-ed25519@openssh.com").string(signer.public_key().point()).string("ssh:");
    return *SshPublicKey::from_blob(blob.bytes());
  }
  Ed25519Signer signer_;
  SshPublicKey public_key_;
  std::uint8_t flags_;
  std::uint32_t counter_ = 0;
};

}  // namespace casebook
