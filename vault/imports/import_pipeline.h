#pragma once
/// Reads an export on a thread of its own while the caller stores what was read: reading and
/// storing each take about half of an import's time.

#include <memory>

#include "vault/imports/import_file.h"

namespace casebook::imports {

struct PipelineOptions {
  std::size_t batch_messages = 512;
  std::size_t batches_max = 4;  ///< Read ahead; with the size of a message this bounds the memory.
};

/// Takes messages in two steps, so that the first one runs on the reading thread.
class PreparingSink : public MessageSink {
 public:
  struct Prepared {
    virtual ~Prepared() = default;
  };
  /// Called on the reading thread, beside take_prepared() of earlier messages.
  virtual Result<std::unique_ptr<Prepared>> prepare(const Message& message) = 0;
  virtual Status take_prepared(std::unique_ptr<Prepared> prepared) = 0;
  Status take(const Message& message) final {
    auto prepared = prepare(message);
    if (!prepared) return std::move(prepared).error();
    return take_prepared(*std::move(prepared));
  }
  using MessageSink::take;
};

/// As import_file(), with `sink` called on the caller's thread, in the order of the file. `file`
/// and `options` are used on the other thread until this returns. When `sink` refuses, reading
/// stops and its error is returned.
Result<ImportSummary> import_on_two_threads(RandomAccess& file, const ImportOptions& options,
                                            MessageSink& sink,
                                            const PipelineOptions& pipeline = {});
/// The same in two steps. When preparing fails, its error is returned.
Result<ImportSummary> import_on_two_threads(RandomAccess& file, const ImportOptions& options,
                                            PreparingSink& sink,
                                            const PipelineOptions& pipeline = {});

}  // namespace casebook::imports
