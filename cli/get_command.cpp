// `casebook get BAG PATH...`: files out of a bag, each checked against the seal, with proof on
// demand.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/commands.h"
#include "cli/entry_name.h"
#include "cli/exhibit.h"
#include "cli/restore_metadata.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/stored_name.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string bag;
  std::vector<std::string> paths;
  fs::path output = ".";
  fs::path identity;
  bool with_proof = false;
  bool with_metadata = false;
};

/// The last part of an entry's name, safe as a file name here: what the bag itself stores it under.
std::string exhibit_name(const CatalogLine& line) {
  const std::string raw = line.stored.empty() ? plain_stored_name(line) : line.stored;
  const std::string name = fs::path(raw).filename().string();
  return name.empty() || name == "." || name == ".." ? "exhibit" : name;
}

class Getter {
 public:
  Getter(Runtime& runtime, const Options& options, BagReader& reader)
      : runtime_(runtime), options_(options), reader_(reader) {}

  Status get(const std::string& path) {
    auto entry = find(path);
    if (!entry) return std::move(entry).error();
    const std::string name = exhibit_name(entry->line);
    const fs::path place = options_.output / name;
    if (auto written = write_object(*entry, place); !written) {
      return std::move(written).error().context(printable(path));
    }
    std::string proof_text;
    if (options_.with_proof) {
      auto proof = reader_.prove(*entry);
      if (!proof) return std::move(proof).error();
      proof_text = format_line_proof(*proof);
      auto kept = write_file(options_.output / (name + ".proof"), as_bytes(proof_text), 0644);
      if (!kept) return kept;
      auto papers = write_exhibit_papers(options_.output, reader_.seal(), reader_.papers());
      if (!papers) return papers;
    }
    std::vector<std::string> refused;
    if (options_.with_metadata) refused = restore_metadata(place, entry->line);
    report(place, entry->line, proof_text.size(), refused);
    return ok();
  }

 private:
  /// By path or stored name; else by the name that `ls` shows.
  Result<BagEntry> find(const std::string& wanted) {
    auto entry = reader_.find(wanted);
    if (entry || entry.error().code != ErrorCode::not_found) return entry;
    std::string stored;
    std::uint64_t found = 0;
    auto read = reader_.for_each_line([&](const CatalogLine& line) {
      if (line.stored.empty() || entry_name(line) != wanted) return true;
      stored = line.stored;
      ++found;
      return true;
    });
    if (!read) return std::move(read).error();
    if (found == 1) return reader_.find(stored);
    if (found == 0) return entry;
    return Error{ErrorCode::invalid_input,
                 printable(wanted) + ": " + with_thousands(found) + " entries have this name",
                 "take one by its name in the bag, which `casebook ls --json` calls stored"};
  }

  /// Its bytes; those of the first name for a further name of the same inode; with
  /// --restore-metadata also what has no bytes.
  Status write_object(const BagEntry& entry, const fs::path& place) {
    const CatalogLine& line = entry.line;
    if (line.outcome == Outcome::linked) {
      auto first = reader_.find(line.link_of);
      if (!first) return std::move(first).error();
      return reader_.extract_to_file(*first, place, 0600);
    }
    if (line.stored.empty() && can_be_made(line)) {
      if (options_.with_metadata) return make_object(place, line);
      return Error{ErrorCode::invalid_input,
                   "a " + std::string(to_string(line.type)) + " has no bytes to take out",
                   "--restore-metadata makes it again"};
    }
    return reader_.extract_to_file(entry, place, 0600);
  }

  void report(const fs::path& place, const CatalogLine& line, std::size_t proof_bytes,
              const std::vector<std::string>& refused) {
    if (runtime_.common.is_json) {
      print_json(runtime_, {{"file", printable(place.string())},
                            {"format", "casebook-exhibit/1"},
                            {"path", printable(line.path)},
                            {"sha256", line.sha256},
                            {"size", std::to_string(line.stored_size_bytes)}});
    } else {
      runtime_.out << printable(place.string()) << "  " << human_size(line.stored_size_bytes);
      if (proof_bytes > 0) {
        runtime_.out << ", and " << printable(place.filename().string()) << ".proof ("
                     << human_size(proof_bytes) << "): shows no other name";
      }
      runtime_.out << '\n';
    }
    for (const std::string& what : refused) {
      runtime_.err << "casebook: " << printable(place.string()) << ": not restored: " << what
                   << '\n';
    }
    for (const std::string& finding : line.findings) {
      runtime_.err << "casebook: " << printable(place.string()) << ": note: " << printable(finding)
                   << '\n';
    }
  }

  Runtime& runtime_;
  const Options& options_;
  BagReader& reader_;
};

ExitStatus get(Runtime& runtime, Options& options) {
  // With one word only, it is a path in the newest bag.
  if (options.paths.empty()) options.paths.push_back(std::exchange(options.bag, ""));
  auto reader = open_bag(runtime, options.bag, options.identity);
  if (!reader) return fail(runtime, reader.error());
  std::error_code failure;
  fs::create_directories(options.output, failure);
  if (failure)
    return fail(runtime,
                system_error("make " + printable(options.output.string()), failure.value()));
  Getter getter(runtime, options, *reader);
  ExitStatus status = ExitStatus::done;
  for (const std::string& path : options.paths) {
    if (auto got = getter.get(path); !got) {
      status = got.error().code == ErrorCode::corrupt ? ExitStatus::tampered
                                                      : fail(runtime, got.error());
      if (status == ExitStatus::tampered) fail(runtime, got.error());
    }
  }
  return status;
}

}  // namespace

void add_get_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("get", "Take files out of a bag, with proof if asked");
  command.argument("BAG", options->bag, "B-7, path or id; left out: the newest")
      .arguments("PATH", options->paths, "as on the host, /var/log/auth.log, or as ls shows it",
                 Count::any)
      .flag("--proof", options->with_proof, "add what proves that the file was in the bag")
      .flag("--restore-metadata", options->with_metadata,
            "mode, owner, times, attributes, links as on the host")
      .option("--out", "DIR", options->output, "where to; default: here");
  add_identity_option(command, options->identity);
  command.example("casebook get B-7 /var/log/dpkg.log --proof --out shown", "an exhibit to hand on")
      .example("casebook verify shown/dpkg.log.proof", "what its receiver does")
      .run([options](Runtime& runtime) { return get(runtime, *options); });
}

}  // namespace casebook::cli
