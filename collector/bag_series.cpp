#include "collector/bag_series.h"

#include <utility>

namespace casebook::collector {

Result<BagSeries> BagSeries::create(BagSeriesOptions options, BagSeriesServices services) {
  BagSeries series(std::move(options), services);
  if (auto opened = series.open_bag(); !opened) return std::move(opened).error();
  return series;
}

Status BagSeries::open_bag() {
  auto bag = BagId::make(services_.randomness);
  if (!bag) return std::move(bag).error();
  auto writer = BagWriter::create(
      {.bag = *bag,
       .run = options_.run,
       .sequence = ++sequence_,
       .software = options_.software,
       .started_at = options_.started_at,
       .recipient = options_.recipient,
       .level = options_.level},
      {.output = services_.output, .clock = services_.clock, .randomness = services_.randomness});
  if (!writer) return std::move(writer).error();
  bag_ = *bag;
  writer_ = std::make_unique<BagWriter>(*std::move(writer));
  return ok();
}

Status BagSeries::seal_bag(bool last) {
  const std::uint64_t entries = writer_->entries();
  auto written = std::move(*writer_).seal(
      {.context_json = options_.context(
           {.bag = *bag_, .run = options_.run, .sequence = sequence_, .last = last}),
       .seal_key = options_.sealing.seal_key,
       .sign = options_.sealing.sign,
       .ticket = options_.sealing.ticket,
       .ticket_signature = options_.sealing.ticket_signature});
  writer_.reset();
  if (!written) return std::move(written).error().context("seal");
  sealed_.push_back({.id = bag_->text(),
                     .folder = {},
                     .seal_signature = std::move(written->seal_signature),
                     .file_bytes = written->seal.file_size_bytes,
                     .entries = entries});
  return ok();
}

Status BagSeries::make_room() {
  if (!writer_->must_close()) return ok();
  if (auto sealed = seal_bag(/*last=*/false); !sealed) return sealed;
  if (auto opened = open_bag(); !opened) return opened;
  if (options_.on_next_bag) options_.on_next_bag();
  return ok();
}

Status BagSeries::list(CatalogLine&& line) {
  if (auto room = make_room(); !room) return room;
  return writer_->list(std::move(line));
}

Status BagSeries::store(CatalogLine&& line, Content content) {
  if (auto room = make_room(); !room) return room;
  return writer_->store(std::move(line), std::move(content));
}

Result<std::vector<SealedBag>> BagSeries::finish() && {
  if (auto sealed = seal_bag(/*last=*/true); !sealed) return std::move(sealed).error();
  return std::move(sealed_);
}

}  // namespace casebook::collector
