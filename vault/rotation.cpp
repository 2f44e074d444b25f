#include "vault/rotation.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "core/printable.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

FileCalls& calls_of(const RotationOptions& options) {
  return options.calls == nullptr ? system_file_calls() : *options.calls;
}

Status remove_file(const std::filesystem::path& path, FileCalls& calls) {
  if (calls.unlink(path.c_str()) == 0 || errno == ENOENT) return ok();
  return system_error("remove " + printable(path.native()), errno);
}

/// A database and what the engine may have left beside it.
Status remove_database(const std::filesystem::path& path, FileCalls& calls) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    if (auto gone = remove_file(path.native() + suffix, calls); !gone) return gone;
  }
  return ok();
}

DatabaseOptions database_at(const RotationOptions& options, std::filesystem::path path) {
  return {.path = std::move(path),
          .cache_bytes = options.cache_bytes,
          .layer = options.layer,
          .exclusive_use = true};
}

/// True when the file opens with this key as this generation.
Result<bool> opens_as(const RotationOptions& options, const std::filesystem::path& path,
                      const Slots& slots) {
  if (!is_there(path)) return false;
  auto opened = Compartment::open(database_at(options, path), slots.data_key, slots.name);
  if (opened) {
    if (auto closed = std::move(*opened).close(); !closed) return std::move(closed).error();
    return true;
  }
  const ErrorCode code = opened.error().code;
  if (code == ErrorCode::locked || code == ErrorCode::corrupt) return false;
  return std::move(opened).error();
}

/// The old file and its log give way to the new one. The log must not meet the new file.
Status exchange_database(const CompartmentFiles& files, const std::filesystem::path& vault,
                         FileCalls& calls) {
  for (const char* suffix : {"-wal", "-shm"}) {
    if (auto gone = remove_file(files.database.native() + suffix, calls); !gone) return gone;
  }
  if (calls.rename(files.next_database.c_str(), files.database.c_str()) != 0) {
    return system_error("replace " + printable(files.database.native()), errno);
  }
  return sync_folder(vault, calls);
}

Status take_back(const CompartmentFiles& files, const std::filesystem::path& vault,
                 FileCalls& calls) {
  if (auto gone = remove_database(files.next_database, calls); !gone) return gone;
  if (auto gone = remove_file(files.next_slots, calls); !gone) return gone;
  return sync_folder(vault, calls);
}

Error not_whole() {
  return Error{ErrorCode::corrupt, "the copy under the new key is not whole",
               "the old one is untouched: casebook verify says whether it or the disk is damaged"};
}

/// Copies everything into the file of the next generation. The old log is empty afterwards.
/// @return how many rows the indexes of the old one name: its tables may have lost some.
Result<RowCounts> copy_database(const RotationOptions& options, const CompartmentFiles& files,
                                const Slots& current, const Slots& next) {
  auto old =
      Compartment::open(database_at(options, files.database), current.data_key, current.name);
  if (!old) return std::move(old).error();
  auto counts = old->count_rows();
  if (!counts) return std::move(counts).error();
  auto copied = old->copy_to(database_at(options, files.next_database), next.data_key, next.name);
  if (!copied) return std::move(copied).error();
  if (auto closed = std::move(*old).close(); !closed) return std::move(closed).error();
  return counts;
}

/// Reads all of the new file: what was wrong in the old one is wrong in it, too.
Status check_next(const RotationOptions& options, const CompartmentFiles& files, const Slots& next,
                  const RowCounts& expected) {
  const auto at = database_at(options, files.next_database);
  auto report = Compartment::verify_copy(at, next.data_key, next.name);
  if (!report) return std::move(report).error();
  if (!report->findings.empty()) {
    Error error = not_whole();
    error.message += ": " + report->findings[0].what;
    return error;
  }
  auto opened = Compartment::open(at, next.data_key, next.name);
  if (!opened) return std::move(opened).error();
  auto counts = opened->count_rows();
  if (!counts) return std::move(counts).error();
  if (*counts != expected) return not_whole();
  return std::move(*opened).close();
}

}  // namespace

struct Rotation::State {
  RotationOptions options;
  CompartmentFiles files;
  UseLock use;
  Slots slots;
  Grant grant;
  bool is_left = false;  // leave_to_settle().
};

Rotation::Rotation(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rotation::Rotation(Rotation&& other) noexcept = default;
Rotation::~Rotation() {
  if (state_ && !state_->is_left) {
    static_cast<void>(
        bool(take_back(state_->files, state_->options.vault, calls_of(state_->options))));
  }
}
const Grant& Rotation::grant() const { return state_->grant; }
const Slots& Rotation::slots() const { return state_->slots; }
void Rotation::leave_to_settle() { state_->is_left = true; }

Result<Rotation> Rotation::prepare(const RotationOptions& options, const Slots& current,
                                   std::vector<SlotPerson> persons, Randomness& randomness) {
  auto use =
      UseLock::acquire(options.vault / "use", UseLock::Kind::exclusive, options.use_wait_max);
  if (!use) return std::move(use).error();
  const CompartmentFiles files = files_of(options.vault, current.name.compartment);
  FileCalls& calls = calls_of(options);
  if (is_there(files.next_database)) {
    // What lies beside it may be the only one that opens with the slots in force.
    auto opens = opens_as(options, files.database, current);
    if (!opens) return std::move(opens).error();
    if (!*opens) {
      return Error{ErrorCode::locked, "new keys for " + current.name.compartment + " are cut short",
                   "they are finished when the case is opened to write: try again"};
    }
  }
  if (auto clean = take_back(files, options.vault, calls); !clean) return std::move(clean).error();
  CompartmentName name = current.name;
  ++name.generation;
  auto next = make_slots(name, std::move(persons), randomness);
  if (!next) return std::move(next).error();
  auto sealed = seal_slots(*next, randomness);
  if (!sealed) return std::move(sealed).error();
  auto state = std::make_unique<State>(
      State{options, files, *std::move(use), *std::move(next), sealed->grant});
  Rotation rotation(std::move(state));  // From here on a failure takes the new files back.
  auto counts = copy_database(options, files, current, rotation.slots());
  if (!counts) return std::move(counts).error();
  if (auto whole = check_next(options, files, rotation.slots(), *counts); !whole) {
    return std::move(whole).error();
  }
  if (auto staged = stage_slots(options.vault, *sealed, calls); !staged)
    return std::move(staged).error();
  return rotation;
}

Status Rotation::with_new_database(const std::function<Status(Compartment&)>& work) {
  auto opened = Compartment::open(database_at(state_->options, state_->files.next_database),
                                  state_->slots.data_key, state_->slots.name);
  if (!opened) return std::move(opened).error();
  if (auto done = work(*opened); !done) return done;
  return std::move(*opened).close();
}

Result<Slots> Rotation::put_in_force() && {
  const std::unique_ptr<State> ended = std::move(state_);  // Its locks go when this returns.
  State& state = *ended;
  FileCalls& calls = calls_of(state.options);
  // The slots decide which generation is in force; from this rename on only forward.
  if (calls.rename(state.files.next_slots.c_str(), state.files.slots.c_str()) != 0) {
    auto failed = system_error("replace " + printable(state.files.slots.native()), errno);
    if (!state.is_left) {
      static_cast<void>(bool(take_back(state.files, state.options.vault, calls)));
    }
    return failed;
  }
  if (auto synced = sync_folder(state.options.vault, calls); !synced)
    return std::move(synced).error();
  auto exchanged = exchange_database(state.files, state.options.vault, calls);
  if (!exchanged) return std::move(exchanged).error();
  return std::move(state.slots);
}

Result<Settled> settle_generation(const RotationOptions& options, const Slots& in_force) {
  const CompartmentFiles files = files_of(options.vault, in_force.name.compartment);
  const bool left_over = is_there(files.next_database) || is_there(files.next_slots);
  if (!left_over) return Settled::nothing_to_do;
  auto use =
      UseLock::acquire(options.vault / "use", UseLock::Kind::exclusive, options.use_wait_max);
  if (!use) return std::move(use).error();
  auto old_opens = opens_as(options, files.database, in_force);
  if (!old_opens) return std::move(old_opens).error();
  FileCalls& calls = calls_of(options);
  if (*old_opens) {
    if (auto gone = remove_database(files.next_database, calls); !gone)
      return std::move(gone).error();
    // A staged slots file may belong to a grant that is recorded already: settle_slots() decides.
    if (auto synced = sync_folder(options.vault, calls); !synced) return std::move(synced).error();
    return Settled::took_back;
  }
  auto next_opens = opens_as(options, files.next_database, in_force);
  if (!next_opens) return std::move(next_opens).error();
  if (!*next_opens) {
    return Error{ErrorCode::corrupt, "neither database of " + in_force.name.compartment + " opens",
                 "restore the compartment from a backup"};
  }
  auto exchanged = exchange_database(files, options.vault, calls);
  if (!exchanged) return std::move(exchanged).error();
  return Settled::finished;
}

Result<std::vector<std::string>> leftover_files(const std::filesystem::path& vault,
                                                std::string_view compartment) {
  std::vector<std::string> names;
  const std::string prefix = std::string(compartment) + ".";
  auto entries = list_folder(vault);
  if (!entries) return std::move(entries).error();
  for (const auto& entry : *entries) {
    const std::string name = entry.filename().native();
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(name).substr(prefix.size());
    if (rest != "db" && rest != "slots" && rest != "db-wal" && rest != "db-shm")
      names.push_back(name);
  }
  return names;
}

}  // namespace casebook::vault
