#include "cli/remote_collect.h"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

#include "cli/child_process.h"
#include "cli/collect_summary.h"
#include "cli/ticket_files.h"
#include "cli/ticket_request.h"
#include "collector/budget.h"
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
  std::vector<std::string> words = {"--json", "--until-input-ends", "--out",
                                    "-",      "--profile",          flags.profile};
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

/// What goes to the other side: program, ticket, and then an open stream for as long as the run may
/// go on. Its end asks the collector to seal what it has. Works in a thread of its own.
class Feeder {
 public:
  struct Load {
    Bytes program;
    SecretBytes ticket;
    std::uint64_t reserve_bytes = 0;  ///< To stay free on the disk of `evidence`.
    fs::path evidence;
  };
  Feeder(ChildProcess& child, Load load, StopRequest& stop)
      : child_(child), load_(std::move(load)), stop_(stop), thread_([this] { feed(); }) {}
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;
  ~Feeder() {
    {
      const std::scoped_lock lock(mutex_);
      is_over_ = true;
    }
    over_.notify_one();
    thread_.join();
  }
  /// The other side said something, so that it can be asked to end in good order.
  void heard() { was_heard_ = true; }

 private:
  void feed() {
    const std::size_t rest = load_.program.size() % kLaunchBlockBytes;
    const Bytes filler((kLaunchBlockBytes - rest) % kLaunchBlockBytes);
    auto sent = write_all(child_.input(), load_.program);
    if (sent) sent = write_all(child_.input(), filler);
    if (sent) sent = write_all(child_.input(), load_.ticket.reveal());
    if (sent) hold();  // A host that hangs up early shows on its other streams.
    child_.close_input();
  }
  void hold() {
    std::unique_lock lock(mutex_);
    while (!over_.wait_for(lock, std::chrono::milliseconds(200), [this] { return is_over_; })) {
      const auto available = free_bytes(load_.evidence);
      if (available && *available < load_.reserve_bytes) stop_.stop(StopReason::free_space);
      if (!stop_.requested()) continue;
      if (!was_heard_) child_.terminate();  // ssh still asks or dials.
      return;
    }
  }

  ChildProcess& child_;
  Load load_;
  StopRequest& stop_;
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::atomic<bool> was_heard_{false};
  std::thread thread_;
};

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

/// Why there is no sealed bag, and where the rest of one lies.
Error no_bag(const Said& said, const ReceivedStream& received, int status,
             const std::string& host) {
  std::string what = printable(host) + ": ";
  what += received.bags.empty() ? "no bag came" : "the stream broke off";
  if (!said.others.empty()) what += ": " + joined(said.others);
  std::string hint = "ssh ended with status " + std::to_string(status);
  if (!received.bags.empty()) {
    hint += "; what came is kept, unsealed: " + printable(received.bags.back().folder.string());
  }
  return {ErrorCode::io, what, hint};
}

/// Puts what the collector claims and what really came together: only bags that are here count.
Result<CollectionReport> reconcile(Said said, const ReceivedStream& received) {
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

void tell_where_it_runs(Runtime& runtime, const std::string& host, const LaunchNotice& notice) {
  if (runtime.common.is_json) return;
  const char* rights = !notice.is_root        ? "not root"
                       : notice.way == "sudo" ? "root by sudo"
                                              : "root";
  runtime.out << printable(host) << "  " << rights << "; running from memory ("
              << printable(notice.place) << "), nothing is written to its disk\n";
}

Result<Feeder::Load> make_load(const CollectFlags& flags, const RemotePlaces& places) {
  fs::path collector = places.collector;
  if (collector.empty()) {
    auto found = find_collector();
    if (!found) return std::move(found).error();
    collector = *found;
  }
  Feeder::Load load{.program = {}, .ticket = {}, .evidence = places.evidence};
  auto reserve = reserve_on(places.evidence, flags.reserve_bytes);
  if (!reserve) return std::move(reserve).error();
  load.reserve_bytes = *reserve;
  auto program = read_file(collector, kCollectorBytesMax);
  if (!program) return std::move(program).error();
  load.program = *std::move(program);
  if (!flags.ticket.empty()) {
    auto ticket = format_ticket_bundle(flags.ticket);
    if (!ticket) return std::move(ticket).error();
    load.ticket = *std::move(ticket);
  }
  return load;
}

/// What came over the three streams of ssh, to their ends.
struct Answer {
  ReceivedStream received;
  Bytes said;
  int status = 0;
};

Result<Answer> talk(ChildProcess child, Feeder::Load load, const RemotePlaces& places,
                    ProgressLine& progress) {
  Answer answer;
  MemorySink said(kSaidBytesMax);
  auto received = [&] {
    Feeder feeder(child, std::move(load), places.stop);
    std::jthread listener([&] {
      FdSource source(child.errors());
      std::vector<std::byte> buffer(4096);
      for (auto count = source.read(buffer); count && *count > 0; count = source.read(buffer)) {
        feeder.heard();
        if (!said.write(std::span(buffer).first(*count))) break;
      }
    });
    FdSource stream(child.output());
    auto stream_received = receive_parts(
        stream, {.parent = places.evidence,
                 .progress = [&](std::uint64_t bytes) { progress.show({.bytes_read = bytes}); }});
    child.close_output();
    return stream_received;
  }();
  auto status = std::move(child).wait();
  if (!received) return std::move(received).error();
  if (!status) return std::move(status).error();
  return Answer{*std::move(received), said.bytes(), *status};
}

}  // namespace

Result<CollectionReport> collect_remotely(Runtime& runtime, const CollectFlags& flags,
                                          const RemoteHost& remote, const RemotePlaces& places) {
  auto load = make_load(flags, places);
  if (!load) return std::move(load).error();
  auto words = launch_words(remote, load->program.size(), collector_words(flags));
  if (!words) return std::move(words).error().context(printable(remote.host));
  auto child = ChildProcess::start(*words);
  if (!child) return std::move(child).error();
  ProgressLine progress(runtime);
  auto answer = talk(*std::move(child), *std::move(load), places, progress);
  if (!answer) return std::move(answer).error();
  Said said = sort_out(as_text(answer->said));
  if (said.notice) tell_where_it_runs(runtime, remote.host, *said.notice);
  const ReceivedStream& received = answer->received;
  if (!said.report || received.bags.empty() || !received.whole) {
    return no_bag(said, received, answer->status, remote.host);
  }
  auto report = reconcile(std::move(said), received);
  if (report && places.stop.reason() == StopReason::free_space) {
    report->partial_because.emplace_back("free space here fell to the reserve");
  }
  return report;
}

}  // namespace casebook::cli
