#include "cli/remote_collect.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <ostream>
#include <thread>

#include "cli/child_process.h"
#include "cli/collect_summary.h"
#include "cli/ticket_files.h"
#include "cli/ticket_request.h"
#include "core/durable_file.h"
#include "core/part_stream_reader.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCollectorBytesMax = std::size_t{64} << 20U;
constexpr std::size_t kSaidBytesMax = std::size_t{4} << 20U;
constexpr std::size_t kSaidLinesShown = 5;

/// The words for the collector over there.
std::vector<std::string> collector_words(const CollectFlags& flags) {
  std::vector<std::string> words = {"--json", "--out", "-", "--profile", flags.profile};
  const auto add = [&](const char* option, const std::string& value) {
    words.insert(words.end(), {option, value});
  };
  if (flags.root != "/") add("--root", flags.root.string());
  for (const std::string& glob : flags.globs) add("--path", glob);
  for (const std::string& rule : flags.opt_ins) add("--opt-in", rule);
  if (flags.bytes_max) add("--max-bytes", std::to_string(*flags.bytes_max));
  if (flags.time_max) add("--max-time", std::to_string(flags.time_max->count()) + 's');
  if (flags.cpu_limit_percent) add("--cpu-limit", std::to_string(*flags.cpu_limit_percent));
  if (!flags.ticket.empty()) {
    add("--ticket", "-");
  } else if (flags.is_unencrypted) {
    words.emplace_back("--unencrypted");
  } else {
    add("--to", flags.recipient);
  }
  return words;
}

/// Sends program and ticket. A host that hangs up early shows on its other streams.
void send(ChildProcess& child, const Bytes& program, const SecretBytes& ticket) {
  const Bytes filler((kLaunchBlockBytes - program.size() % kLaunchBlockBytes) % kLaunchBlockBytes);
  auto sent = write_all(child.input(), program);
  if (sent) sent = write_all(child.input(), filler);
  if (sent) sent = write_all(child.input(), ticket.reveal());
  child.close_input();
}

/// What came on standard error, sorted.
struct Said {
  std::optional<LaunchNotice> notice;
  std::optional<CollectionReport> report;
  std::vector<std::string> others;  ///< Printable; the last few.
};

Said sort_out(std::string_view text) {
  Said said;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto notice = parse_launch_notice(line)) {
      said.notice = *notice;
    } else if (auto report = parse_collection_json(line)) {
      said.report = *std::move(report);
    } else if (!line.empty()) {
      said.others.push_back(printable(line));
    }
  }
  if (said.others.size() > kSaidLinesShown) {
    said.others.erase(said.others.begin(),
                      said.others.end() - static_cast<std::ptrdiff_t>(kSaidLinesShown));
  }
  return said;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
  return text;
}

/// Puts what the collector claims and what really came together: only bags that are here count.
Result<CollectionReport> reconcile(Said said, const ReceivedStream& received, int status,
                                   const std::string& host) {
  if (!said.report || received.bags.empty() || !received.whole) {
    std::string what = printable(host) + ": ";
    what +=
        received.bags.empty() ? "no bag came" : "the stream broke off; what came is kept, unsealed";
    if (!said.others.empty()) what += ": " + joined(said.others);
    return Error{ErrorCode::io, what, "ssh ended with status " + std::to_string(status)};
  }
  CollectionReport report = *std::move(said.report);
  std::erase_if(report.bags, [&](SealedBag& bag) {
    const auto found = std::ranges::find(received.bags, bag.id, &ReceivedBag::id);
    if (found == received.bags.end() || !found->sealed) return true;
    bag.folder = found->folder;
    bag.file_bytes = found->archive_bytes;
    return false;
  });
  for (SealedBag& bag : report.bags) {
    const auto signature = read_file(bag.folder / "seal.json.sig", std::size_t{16} << 10U);
    if (!signature) return std::move(signature).error();
    bag.seal_signature =
        as_text(*signature);  // The code is of what is here, not of what was claimed.
  }
  if (report.bags.size() != received.bags.size()) {
    report.state = CollectionState::partial;
    report.partial_because.emplace_back("not every bag that came was sealed");
  }
  return report;
}

}  // namespace

Result<CollectionReport> collect_remotely(Runtime& runtime, const CollectFlags& flags,
                                          const RemoteHost& remote, const RemotePlaces& places) {
  fs::path collector = places.collector;
  if (collector.empty()) {
    auto found = find_collector();
    if (!found) return std::move(found).error();
    collector = *found;
  }
  auto program = read_file(collector, kCollectorBytesMax);
  if (!program) return std::move(program).error();
  SecretBytes ticket;
  if (!flags.ticket.empty()) {
    Status status = ok();
    ticket = format_ticket_bundle(flags.ticket, status);
    if (!status) return std::move(status).error();
  }
  auto words = launch_words(remote, program->size(), collector_words(flags));
  if (!words) return std::move(words).error().context(printable(remote.host));
  auto child = ChildProcess::start(*words);
  if (!child) return std::move(child).error();

  std::thread sender([&] { send(*child, *program, ticket); });
  MemorySink said_bytes(kSaidBytesMax);
  std::thread listener([&] {
    FdSource source(child->errors());
    std::vector<std::byte> buffer(4096);
    for (auto count = source.read(buffer); count && *count > 0; count = source.read(buffer)) {
      if (!said_bytes.write(std::span(buffer).first(*count))) break;
    }
  });
  FdSource stream(child->output());
  ProgressLine progress(runtime);
  auto received = receive_parts(
      stream,
      {.parent = places.evidence, .progress = [&](std::uint64_t bytes) {
         progress.show({.stage = 0, .entries = 0, .bytes_read = bytes, .bytes_expected = 0});
       }});
  child->close_output();
  sender.join();
  listener.join();
  auto status = (*std::move(child)).wait();
  if (!received) return std::move(received).error();
  if (!status) return std::move(status).error();
  Said said = sort_out(as_text(said_bytes.bytes()));
  if (said.notice && !runtime.common.is_json) {
    runtime.out << printable(remote.host) << "  "
                << (said.notice->is_root ? said.notice->way == "sudo" ? "root by sudo" : "root"
                                         : "not root")
                << "; running from memory (" << printable(said.notice->place)
                << "), nothing is written to its disk\n";
  }
  return reconcile(std::move(said), *received, *status, remote.host);
}

}  // namespace casebook::cli
