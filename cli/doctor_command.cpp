// `casebook doctor [--json]`: is this machine ready? Exit status 0, or 1 when something is bad.
#include <openssl/crypto.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/runtime.h"
#include "cli/text.h"
#include "core/digest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

enum class Health { good, hint, bad };

struct Finding {
  std::string name;
  Health health;
  std::string text;
};

Finding check_hash() {
  // FIPS 180-4, example of one block.
  const auto digest = sha256(as_bytes("abc"));
  const bool is_right =
      digest &&
      to_hex(*digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  return {"self-test", is_right ? Health::good : Health::bad,
          is_right ? OpenSSL_version(OPENSSL_VERSION) : "SHA-256 gives a wrong answer here"};
}

Finding check_clock() {
  timex state{};
  const int answer = ::adjtimex(&state);
  if (answer < 0)
    return {"clock", Health::hint, "the kernel does not say whether it is synchronised"};
  const bool is_synchronised = answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  return {"clock", is_synchronised ? Health::good : Health::hint,
          is_synchronised ? "synchronised" : "clock is not synchronised; seals will say so"};
}

/// The reserve that a collection leaves free: the larger of 1 GiB and 5 %.
Finding check_space(const fs::path& folder) {
  fs::path place = folder;
  struct statvfs space {};
  while (::statvfs(place.c_str(), &space) != 0) {
    if (place == place.parent_path() || place.empty()) {
      return {"free space", Health::hint, "cannot be read for " + printable(folder.string())};
    }
    place = place.has_parent_path() ? place.parent_path() : fs::path(".");
  }
  const std::uint64_t free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  const std::uint64_t reserve =
      std::max(std::uint64_t{1} << 30U, std::uint64_t{space.f_blocks} * space.f_frsize / 20);
  const std::string text = human_size(free_bytes) + " free here";
  if (free_bytes > reserve) return {"free space", Health::good, text};
  return {"free space", Health::hint,
          text + "; collections stop at " + human_size(reserve) + ": use --out on another disk"};
}

Finding check_keys(const Runtime& runtime) {
  const auto config = runtime.config_folder();
  if (!config) return {"keys", Health::hint, config.error().message};
  std::error_code failure;
  int count = 0;
  for (fs::directory_iterator at(*config / "keys", failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->path().extension() == ".age-identity") ++count;
  }
  if (count > 0) {
    return {"keys", Health::good,
            counted(static_cast<std::uint64_t>(count), "identity", "identities")};
  }
  return {"keys", Health::hint, "none yet; make one: casebook key new NAME"};
}

bool is_program_here(const std::string& search_path, std::string_view name) {
  for (std::size_t at = 0; at <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', at), search_path.size());
    const fs::path program = fs::path(search_path.substr(at, end - at)) / name;
    if (::access(program.c_str(), X_OK) == 0) return true;
    at = end + 1;
  }
  return false;
}

Finding check_programs(const Runtime& runtime, const std::string& name,
                       std::initializer_list<std::string_view> programs, const std::string& why) {
  const std::string search_path = runtime.environment("PATH").value_or("/usr/bin:/bin");
  std::string missing;
  std::string all;
  for (const std::string_view program : programs) {
    all += (all.empty() ? "" : ", ") + std::string(program);
    if (!is_program_here(search_path, program)) {
      missing += (missing.empty() ? "" : ", ") + std::string(program);
    }
  }
  if (missing.empty()) return {name, Health::good, all};
  return {name, Health::hint, "missing: " + missing + " (" + why + ")"};
}

Finding check_agent(const Runtime& runtime) {
  const bool has_agent = runtime.environment("SSH_AUTH_SOCK").has_value();
  const bool is_remote = runtime.environment("SSH_CONNECTION").has_value();
  if (has_agent && is_remote) {
    return {"ssh agent", Health::hint,
            "forwarded to this machine: whoever is root here can sign as you"};
  }
  return {"ssh agent", Health::good, has_agent ? "local" : "none; keys are read from files"};
}

Finding check_zones() {
  const bool is_here = ::access("/usr/share/zoneinfo/Europe/Paris", R_OK) == 0;
  return {"time zones", is_here ? Health::good : Health::hint,
          is_here ? "database installed" : "database missing: install the package tzdata"};
}

std::vector<Finding> examine(const Runtime& runtime) {
  return {check_hash(),
          check_clock(),
          check_space(runtime.evidence_folder()),
          check_keys(runtime),
          check_programs(runtime, "stock tools",
                         {"age", "zstd", "tar", "sha256sum", "ssh-keygen", "openssl", "jq"},
                         "needed to verify a bag without Casebook"),
          check_programs(runtime, "ssh", {"ssh"}, "needed for collect --from"),
          check_agent(runtime),
          check_zones()};
}

std::string_view name_of(Health health) {
  return health == Health::good ? "good" : health == Health::hint ? "hint" : "bad";
}

void print(Runtime& runtime, const std::vector<Finding>& findings) {
  Table table({{}, {}, {}});
  std::array<std::uint64_t, 3> counts{};
  for (const Finding& finding : findings) {
    table.row({std::string(name_of(finding.health)), finding.name, finding.text});
    ++counts.at(static_cast<std::size_t>(finding.health));
  }
  runtime.out << table.text(runtime.terminal.width_columns) << counts[0] << " good, "
              << counted(counts[1], "hint", "hints");
  if (counts[2] > 0) runtime.out << ", " << counts[2] << " bad";
  runtime.out << '\n';
}

void print_as_json(Runtime& runtime, const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"check", finding.name},
                    {"result", std::string(name_of(finding.health))},
                    {"text", finding.text}});
  }
  print_json(runtime, {{"checks", list}, {"format", "casebook-doctor/1"}});
}

}  // namespace

void add_doctor_command(Command& root) {
  root.add("doctor", "Check whether this machine is ready")
      .example("casebook doctor", "what is good, what could be better")
      .run([](Runtime& runtime) {
        const std::vector<Finding> findings = examine(runtime);
        runtime.common.is_json ? print_as_json(runtime, findings) : print(runtime, findings);
        const bool is_bad = std::ranges::any_of(
            findings, [](const Finding& finding) { return finding.health == Health::bad; });
        return is_bad ? ExitStatus::failed : ExitStatus::done;
      });
}

}  // namespace casebook::cli
