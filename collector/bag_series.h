#pragma once
/// The bags of one run: nearly always one. When a bag has taken all that it can hold it is sealed
/// and the run goes on in the next.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/bag_writer.h"
#include "collector/collect.h"

namespace casebook::collector {

/// What the context of a bag is made from besides the run: which bag it is.
struct BagPlace {
  BagId bag;
  RunId run;
  std::int64_t sequence;
  bool last;
};

struct BagSeriesOptions {
  RunId run;
  std::string software;
  std::optional<AgeRecipient> recipient;
  UtcSeconds started_at{};
  int level = 3;
  const Sealing& sealing;
  /// The canonical `context.json` of a bag that is about to be sealed.
  std::function<std::string(const BagPlace&)> context;
  /// Called when a further bag was opened: hard links to members of the last one are none here.
  std::function<void()> on_next_bag;
};

struct BagSeriesServices {
  BagOutput& output;
  const Clock& clock;
  Randomness& randomness;
};

/// Hands entries to the bag that is open. Used by one thread.
class BagSeries final : public EntrySink {
 public:
  static Result<BagSeries> create(BagSeriesOptions options, BagSeriesServices services);

  /// True where one of so many further entries may close the present bag and open another.
  [[nodiscard]] bool turns_within(std::uint64_t entries) const {
    return writer_->must_close_within(entries);
  }

  Status list(CatalogLine&& line) override;
  Status store(CatalogLine&& line, Content content) override;
  /// Seals the last bag. @return all bags of the run; `SealedBag::folder` is left empty.
  Result<std::vector<SealedBag>> finish() &&;

 private:
  BagSeries(BagSeriesOptions options, BagSeriesServices services)
      : options_(std::move(options)), services_(services) {}
  Status open_bag();
  Status seal_bag(bool last);
  Status make_room();

  BagSeriesOptions options_;
  BagSeriesServices services_;
  std::optional<BagId> bag_;
  std::unique_ptr<BagWriter> writer_;
  std::int64_t sequence_ = 0;
  std::vector<SealedBag> sealed_;
};

}  // namespace casebook::collector
