#pragma once
/// Matches waiting to be taken, one row per stage, so that a million of them need no memory and a
/// walk in folder order becomes a collection in order of volatility.

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "collector/entry_sink.h"
#include "collector/walker.h"
#include "core/sealed_spool.h"

namespace casebook::collector {

inline constexpr int kStages = 17;

class MatchSpool final : public MatchSink {
 public:
  /// @param folder  where nameless files may be made; none: at most `memory_bytes_max` are kept in
  ///                memory for each stage.
  /// @param losses  takes the lines of folders that could not be read, at once.
  MatchSpool(std::optional<std::filesystem::path> folder, Randomness& randomness, EntrySink& losses,
             std::uint64_t memory_bytes_max = std::uint64_t{2} << 20U)
      : folder_(std::move(folder)),
        randomness_(randomness),
        losses_(losses),
        memory_bytes_max_(memory_bytes_max) {}

  Status match(const Match& match) override;
  Status lost(CatalogLine line) override { return losses_.list(std::move(line)); }

  /// How many matches wait in a stage.
  [[nodiscard]] std::uint64_t waiting(int stage) const { return row(stage).count; }

  /// Reads the matches of one stage in the order in which they were found.
  class Reader {
   public:
    /// The next match, or nothing at the end. Its views live until the next call.
    /// @return `corrupt` when the spool was changed under us, `io`.
    Result<std::optional<Match>> next();

   private:
    friend class MatchSpool;
    Reader(std::unique_ptr<ByteSource> source, int stage, std::uint64_t count)
        : source_(std::move(source)), stage_(stage), left_(count) {}
    Status fill();
    Result<unsigned char> byte();
    Result<std::uint64_t> number();
    Status bytes(std::string& into, std::size_t size);
    Status folder();

    std::unique_ptr<ByteSource> source_;
    int stage_;
    std::uint64_t left_;
    Bytes buffer_;
    std::size_t at_ = 0;
    std::string folder_;
    std::string name_;
    std::uint64_t folder_number_ = 0;
  };
  [[nodiscard]] Reader read(int stage) const;

 private:
  struct Row {
    std::optional<SealedSpool> spool;
    std::uint64_t count = 0;
    std::uint64_t folder_number = UINT64_MAX;
    std::string folder;
  };
  [[nodiscard]] const Row& row(int stage) const { return rows_[static_cast<std::size_t>(stage)]; }

  std::optional<std::filesystem::path> folder_;
  Randomness& randomness_;
  EntrySink& losses_;
  std::uint64_t memory_bytes_max_;
  std::array<Row, kStages> rows_;
  std::string record_;  // Kept to save an allocation for each match.
};

}  // namespace casebook::collector
