#pragma once
/// Which readings there are, and taking them. docs/spec/readings.md has a row for each name.

#include <span>
#include <string_view>

#include "collector/kernel_reading.h"

namespace casebook {

/// One process while its readings are taken; the folder stays bound to it when the number is
/// reused.
struct ProcessFolder {
  pid_t pid = 0;
  int fd = -1;  ///< Of /proc/<pid>, O_PATH.
};

/// How a reading that is one or more files of the kernel is kept.
enum class FileShape {
  raw,      ///< One entry per file, its bytes.
  table,    ///< One entry, a JSON line per file: for patterns that match many small files.
  listing,  ///< As table, but no file is opened.
};

using HostReader = Status (*)(ReadingRun& run);
using ProcessReader = Status (*)(ReadingRun& run, const ProcessFolder& process);
using NetReader = Status (*)(ReadingRun& run, const NetNamespace& space);

/// One reading. Exactly one reader is set, or none: then it is its `path`, kept in `shape`.
struct ReadingRow {
  std::string_view name;
  HostReader host = nullptr;
  ProcessReader process = nullptr;
  NetReader net = nullptr;
  FileShape shape = FileShape::raw;
  bool walk = false;  ///< One of those that walk_readings.h takes together.
};

/// All rows, group by group.
std::span<const std::span<const ReadingRow>> reading_groups();

/// True when take_readings knows the reading.
bool supports_reading(std::string_view reading);

/// True for readings about the run itself, which are taken when everything else is done.
bool taken_last(std::string_view reading);

/// Takes the requests. Those per process are taken together, so that each process is opened once
/// and seen at one moment; so are those per network namespace. The tree is walked once for all that
/// select from it.
/// @return what became of them; an error only when the sink cannot go on, or (our mistake) when a
///         reading is not supported.
Result<SourceCount> take_readings(std::span<const ReadingRequest> requests, HostView& host,
                                  EntrySink& sink, const StopRequest& stop);
Result<SourceCount> take_reading(const ReadingRequest& request, HostView& host, EntrySink& sink,
                                 const StopRequest& stop);

// The groups, each in the source file of its name.
std::span<const ReadingRow> file_rows();             // kernel_file_rows.cpp
std::span<const ReadingRow> self_rows();             // kernel_self.cpp
std::span<const ReadingRow> process_file_rows();     // kernel_process_files.cpp
std::span<const ReadingRow> process_list_rows();     // kernel_process_lists.cpp
std::span<const ReadingRow> process_map_rows();      // kernel_process_maps.cpp
std::span<const ReadingRow> route_rows();            // kernel_routes.cpp
std::span<const ReadingRow> socket_rows();           // kernel_sockets.cpp
std::span<const ReadingRow> netfilter_rows();        // kernel_netfilter.cpp
std::span<const ReadingRow> generic_netlink_rows();  // kernel_genetlink.cpp
std::span<const ReadingRow> walk_rows();             // kernel_walk.cpp
std::span<const ReadingRow> state_rows();            // kernel_state.cpp
std::span<const ReadingRow> storage_rows();          // kernel_storage.cpp
std::span<const ReadingRow> bpf_rows();              // kernel_bpf.cpp

/// Reads the files that `run.request().path` names, with a process or a namespace filled in before.
Status read_files(ReadingRun& run, const ReadingRow& row);
Status read_files_of(ReadingRun& run, const ReadingRow& row, const ProcessFolder& process);
Status read_files_of(ReadingRun& run, const ReadingRow& row, const NetNamespace& space);

}  // namespace casebook
