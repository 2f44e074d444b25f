// `casebook add FILE...`: seals evidence that other tools took: images, exports, mail, photos.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_choice.h"
#include "cli/collect_flags.h"
#include "cli/collect_summary.h"
#include "cli/commands.h"
#include "cli/custody_files.h"
#include "cli/kept_identity.h"
#include "cli/ratify.h"
#include "cli/text.h"
#include "collector/bag_writer.h"
#include "collector/object_stat.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/version.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> files;
  std::string source;
  std::string method;
  std::string person;
  std::string directed_by;
  fs::path output;
};

std::chrono::nanoseconds monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

class Adding {
 public:
  Adding(Runtime& runtime, const Options& options, Person person)
      : runtime_(runtime), options_(options), ring_(runtime, std::move(person)) {}

  ExitStatus run() {
    const fs::path folder = options_.output.empty() ? runtime_.evidence_folder() : options_.output;
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
      return fail(runtime_, system_error("make " + printable(folder.string()), failure.value()));
    auto id = write_bag(folder);
    if (!id) return fail(runtime_, id.error());
    auto name = give_short_name(folder, *id);
    const KnownBag bag{.id = *id, .short_name = name ? *name : "", .folder = folder / *id};
    auto ratified = ratify_bag(
        runtime_, bag, ring_,
        {.reason = "sealed by add from " + options_.source, .directed_by = directed_by()});
    if (!ratified) {
      runtime_.err << "casebook: sealed, but not signed by you: "
                   << printable(ratified.error().message) << '\n';
    }
    return report(bag, static_cast<bool>(ratified));
  }

 private:
  [[nodiscard]] std::optional<std::string> directed_by() const {
    if (options_.directed_by.empty()) return std::nullopt;
    return options_.directed_by;
  }

  Result<std::string> write_bag(const fs::path& folder) {
    auto recipient = make_kept_identity(runtime_, ring_.person());
    if (!recipient) return std::move(recipient).error();
    auto sealing = make_sealing(recipient->text(), runtime_.randomness);
    if (!sealing) return std::move(sealing).error();
    auto bag = BagId::make(runtime_.randomness);
    auto run = RunId::make(runtime_.randomness);
    if (!bag) return std::move(bag).error();
    if (!run) return std::move(run).error();
    FolderOutput output(folder);
    auto writer = BagWriter::create({.bag = *bag,
                                     .run = *run,
                                     .software = std::string("casebook ") + kVersion,
                                     .started_at = runtime_.clock.now_seconds(),
                                     .recipient = *recipient},
                                    {output, runtime_.clock, runtime_.randomness});
    if (!writer) return std::move(writer).error();
    for (std::size_t i = 0; i < options_.files.size(); ++i) {
      auto taken = take(*writer, i);
      if (!taken) return std::move(taken).error().context(printable(options_.files[i]));
    }
    entries_ = writer->entries();
    auto sealed = std::move(*writer).seal({.context_json = context(*bag, *run),
                                           .seal_key = sealing->seal_key,
                                           .sign = sealing->sign});
    if (!sealed) return std::move(sealed).error();
    seal_signature_ = sealed->seal_signature;
    file_bytes_ = sealed->seal.file_size_bytes;
    return bag->text();
  }

  /// The line of one file; its content is read once, straight into the bag.
  Status take(BagWriter& writer, std::size_t number) {
    const std::string& name = options_.files[number];
    const bool is_stdin = name == "-";
    UniqueFd opened;
    if (!is_stdin) {
      opened.reset(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
      if (!opened) return system_error("open", errno);
    }
    const int fd = is_stdin ? 0 : opened.get();
    struct stat status {};
    if (::fstat(fd, &status) != 0) return system_error("stat", errno);
    if (!is_stdin && !S_ISREG(status.st_mode)) {
      return Error{ErrorCode::invalid_input, "not a regular file",
                   "pack a folder first, or name its files"};
    }
    CatalogLine line;
    line.rule = "add/" + std::to_string(number + 1);
    line.stage = 0;
    line.type = EntryType::added;
    line.outcome = Outcome::stored;
    line.taken_at = runtime_.clock.now().time_since_epoch();
    line.monotonic = monotonic_now();
    line.source = AddedSource{
        .method = options_.method,
        .person = options_.person.empty() ? ring_.person().name : options_.person,
        .directed_by = options_.directed_by,
        .original_name = is_stdin ? "standard input" : fs::path(name).filename().string()};
    FdSource source(fd);
    EntrySink::Content content{
        .bytes = source, .size_bytes = {}, .size_bytes_max = UINT64_MAX, .amend = {}};
    if (!is_stdin) {
      content.size_bytes = static_cast<std::uint64_t>(status.st_size);
      size_bytes_ += *content.size_bytes;
    }
    return writer.store(std::move(line), content);
  }

  [[nodiscard]] std::string context(const BagId& bag, const RunId& run) const {
    return canonical_json({{"bag", bag.text()},
                           {"format", "casebook-added/1"},
                           {"method", printable(options_.method)},
                           {"run", run.text()},
                           {"software", std::string("casebook ") + kVersion},
                           {"source", printable(options_.source)},
                           {"state", "complete"}});
  }

  ExitStatus report(const KnownBag& bag, bool is_ratified) {
    const std::string code = seal_code_text(seal_signature_);
    if (runtime_.common.is_json) {
      print_json(runtime_, {{"bag", bag.id},
                            {"entries", std::to_string(entries_)},
                            {"format", "casebook-added-report/1"},
                            {"seal_code", code},
                            {"signed", is_ratified}});
    } else {
      runtime_.out << "SEALED  " << bag.name() << "  " << counted(entries_, "file", "files") << ", "
                   << human_size(size_bytes_) << " -> " << human_size(file_bytes_) << '\n'
                   << "  seal code     " << code << "   read it to a second person\n"
                   << "Next: casebook verify " << bag.name() << '\n';
    }
    return is_ratified ? ExitStatus::done : ExitStatus::incomplete;
  }

  Runtime& runtime_;
  const Options& options_;
  KeyRing ring_;
  std::uint64_t entries_ = 0;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t file_bytes_ = 0;
  std::string seal_signature_;
};

ExitStatus add(Runtime& runtime, const Options& options) {
  if (options.source.empty() || options.method.empty()) {
    return refuse_usage(runtime,
                        {ErrorCode::invalid_input, "where is it from, and how was it taken?",
                         "--source TEXT --method TEXT"});
  }
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  return Adding(runtime, options, *std::move(person)).run();
}

}  // namespace

void add_add_command(Command& root) {
  auto options = std::make_shared<Options>();
  root.add("add", "Seal files that another tool took: image, export, mail, photo")
      .arguments("FILE", options->files, "what to seal; - is standard input")
      .option("--source", "TEXT", options->source, "where it is from: a host, a person, a service")
      .option("--method", "TEXT", options->method, "how it was taken, with what tool")
      .option("--person", "NAME", options->person, "who took it; default: you")
      .option("--directed-by", "NAME", options->directed_by, "counsel who directed the work")
      .option("--out", "DIR", options->output, "folder for the bag")
      .example("casebook add disk.E01 --source db-01 --method 'ewfacquire, write blocker'", "")
      .example("casebook add - --source 'chat with the host' --method 'pasted text'", "")
      .run([options](Runtime& runtime) { return add(runtime, *options); });
}

}  // namespace casebook::cli
