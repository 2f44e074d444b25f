#pragma once
/// Receives bags that were streamed and puts them into folders as if they had been written there.
/// The stream comes from a host that may be hostile: only names and orders of the rule are taken.
/// Specification: docs/spec/bag.md section 10.

#include <filesystem>
#include <functional>
#include <vector>

#include "core/durable_file.h"

namespace casebook {

struct ReceivedBag {
  std::string id;
  std::filesystem::path folder;
  std::uint64_t archive_bytes = 0;
  bool sealed = false;  ///< Its seal came; whether it is good is for verify_bag().
};

struct ReceiveOptions {
  std::filesystem::path parent;  ///< Bags become folders in it.
  std::size_t bags_max = 10'000;
  std::function<void(std::uint64_t)> progress = {};  ///< Bytes of archives so far; may be empty.
};

struct ReceivedStream {
  std::vector<ReceivedBag> bags;  ///< What is on disk, also after an error.
  bool whole = false;             ///< The stream came to its proper end.
  std::string cut_because;        ///< Otherwise: one line.
};

/// Reads the stream to its end. A stream that breaks off leaves what came, unsealed, and is no
/// error; an error (`io`) means that our own disk failed.
Result<ReceivedStream> receive_parts(ByteSource& in, const ReceiveOptions& options,
                                     FileCalls& calls = system_file_calls());

}  // namespace casebook
