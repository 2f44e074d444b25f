#include "collector/kernel_registry.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "collector/netlink.h"
#include "collector/walk_readings.h"

namespace casebook {
namespace {

/// The readings per object of one kind, in the order they were asked for.
struct Plan {
  const ReadingRequest* request;
  const ReadingRow* row;
};

const ReadingRow* find_row(std::string_view reading) {
  for (const auto& group : reading_groups()) {
    for (const ReadingRow& row : group) {
      if (row.name == reading) return &row;
    }
  }
  return nullptr;
}

bool per_process(const Plan& plan) {
  return plan.row->process != nullptr ||
         (plan.row->host == nullptr && plan.request->path.find("%pid%") != std::string::npos);
}

bool per_net_namespace(const Plan& plan) {
  return plan.row->net != nullptr ||
         (plan.row->host == nullptr && plan.request->path.find("%netns%") != std::string::npos);
}

bool gone(const ProcessFolder& process) {
  return !open_for_reading(process.fd, "stat") && (errno == ESRCH || errno == ENOENT);
}

/// Runs plans in order over one kind of object.
class Taking {
 public:
  Taking(HostView& host, EntrySink& sink, const StopRequest& stop)
      : host_(host), sink_(sink), stop_(stop) {}

  Status of_host(const Plan& plan) {
    ReadingRun run = run_of(plan);
    return plan.row->host != nullptr ? plan.row->host(run) : read_files(run, *plan.row);
  }

  Status of_processes(std::span<const Plan> plans) {
    if (plans.empty()) return ok();
    for (const pid_t pid : host_.pids()) {
      if (stop_.requested()) return ok();
      if (auto taken = of_process(plans, pid); !taken) return taken;
    }
    return ok();
  }

  Status of_net_namespaces(std::span<const Plan> plans) {
    if (plans.empty()) return ok();
    for (NetNamespace space : host_.net_namespaces()) {
      for (const Plan& plan : plans) {
        if (stop_.requested()) return ok();
        ReadingRun run = run_of(plan);
        if (!host_.follow(space)) {
          if (auto lost = run.lose_vanished(instance_of(space), {"setns", ENOENT}); !lost)
            return lost;
          break;
        }
        auto taken = plan.row->net != nullptr ? plan.row->net(run, space)
                                              : read_files_of(run, *plan.row, space);
        if (!taken) return taken;
      }
    }
    return ok();
  }

  Status of_walk(std::span<const Plan> plans) {
    std::vector<ReadingRun> runs;
    for (const Plan& plan : plans) runs.push_back(run_of(plan));
    return take_walk_readings(runs);
  }

  [[nodiscard]] const SourceCount& count() const { return count_; }

 private:
  ReadingRun run_of(const Plan& plan) { return {*plan.request, host_, sink_, stop_, count_}; }

  Status of_process(std::span<const Plan> plans, pid_t pid) {
    const std::string number = std::to_string(pid);
    const UniqueFd folder = host_.open("/proc/" + number, O_PATH | O_DIRECTORY);
    if (!folder) {
      ReadingRun run = run_of(plans.front());
      return run.lose_vanished(number, {"open", errno});
    }
    const ProcessFolder process{pid, folder.get()};
    for (const Plan& plan : plans) {
      ReadingRun run = run_of(plan);
      const std::uint64_t vanished_before = count_.vanished;
      auto taken = plan.row->process != nullptr ? plan.row->process(run, process)
                                                : read_files_of(run, *plan.row, process);
      if (!taken) return taken;
      if (stop_.requested()) return ok();
      if (count_.vanished > vanished_before && gone(process)) return ok();
    }
    return ok();
  }

  HostView& host_;
  EntrySink& sink_;
  const StopRequest& stop_;
  SourceCount count_;
};

}  // namespace

std::span<const std::span<const ReadingRow>> reading_groups() {
  static const std::array kGroups = {
      file_rows(),  self_rows(),   process_file_rows(), process_list_rows(),    process_map_rows(),
      route_rows(), socket_rows(), netfilter_rows(),    generic_netlink_rows(), bpf_rows(),
      walk_rows(),  state_rows(),  storage_rows()};
  return kGroups;
}

bool supports_reading(std::string_view reading) { return find_row(reading) != nullptr; }

bool taken_last(std::string_view reading) {
  static constexpr std::array<std::string_view, 5> kLast = {
      "host.counters-after", "self.connections", "self.files-written", "self.processes",
      "self.refusals"};
  return std::ranges::find(kLast, reading) != kLast.end();
}

Result<SourceCount> take_readings(std::span<const ReadingRequest> requests, HostView& host,
                                  EntrySink& sink, const StopRequest& stop) {
  std::vector<Plan> of_host, of_processes, of_net_namespaces, of_walk;
  for (const ReadingRequest& request : requests) {
    const Plan plan{&request, find_row(request.reading)};
    if (plan.row == nullptr)
      return Error{ErrorCode::invalid_input, "reading " + request.reading + " is not supported"};
    if (plan.row->walk) {
      of_walk.push_back(plan);
    } else if (per_process(plan)) {
      of_processes.push_back(plan);
    } else if (per_net_namespace(plan)) {
      of_net_namespaces.push_back(plan);
    } else {
      of_host.push_back(plan);
    }
  }
  Taking taking(host, sink, stop);
  if (auto taken = taking.of_processes(of_processes); !taken) return std::move(taken).error();
  if (auto taken = taking.of_net_namespaces(of_net_namespaces); !taken)
    return std::move(taken).error();
  for (const Plan& plan : of_host) {
    if (stop.requested()) break;
    if (auto taken = taking.of_host(plan); !taken) return std::move(taken).error();
  }
  if (auto taken = taking.of_walk(of_walk); !taken) return std::move(taken).error();
  return taking.count();
}

Result<SourceCount> take_reading(const ReadingRequest& request, HostView& host, EntrySink& sink,
                                 const StopRequest& stop) {
  return take_readings(std::span(&request, 1), host, sink, stop);
}

}  // namespace casebook
