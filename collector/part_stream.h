#pragma once
/// Sends bags as one plain tar stream instead of into a folder: parts of the finished file, then
/// the small files, the seal last. One part is held in memory. Specification: docs/spec/bag.md
/// section 10.

#include "collector/bag_output.h"
#include "core/bytes.h"

namespace casebook {

inline constexpr std::size_t kPartBytes = std::size_t{4} << 20U;

/// The stream that one or more bags go into, one after the other.
class PartStream {
 public:
  /// @param out  must outlive the stream.
  explicit PartStream(ByteSink& out) : out_(&out) {}
  /// Ends the tar; nothing may be sent afterwards.
  Status finish();

 private:
  friend class PartOutput;
  Status send(std::string_view bag, std::string_view name, std::span<const std::byte> bytes);
  ByteSink* out_;
};

/// One bag on its way into the stream.
class PartOutput final : public BagOutput {
 public:
  explicit PartOutput(PartStream& stream) : stream_(&stream) {}
  Status begin(std::string_view bag, std::string_view archive_name) override;
  Status write(std::span<const std::byte> bytes) override;
  Status finish_archive() override;
  Status put(std::string_view name, std::span<const std::byte> bytes) override;
  /// Nothing may be left on the disk of the host.
  [[nodiscard]] std::optional<std::filesystem::path> spool_folder() const override {
    return std::nullopt;
  }

 private:
  Status send_part();
  PartStream* stream_;
  std::string bag_;
  Bytes part_;
  std::size_t parts_ = 0;
};

}  // namespace casebook
