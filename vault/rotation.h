#pragma once
/// A new generation of a compartment: new identity, new data key, the database written anew, the
/// old files gone. After a crash at any point the old or the new one opens, never neither and never
/// half. Specification: docs/spec/slots.md, section "New generation".

#include <chrono>
#include <functional>
#include <memory>

#include "vault/slots.h"

namespace casebook::vault {

struct RotationOptions {
  std::filesystem::path vault;
  std::int64_t cache_bytes = std::int64_t{64} << 20U;
  std::string layer = {};  ///< As DatabaseOptions::layer.
  FileCalls* calls = nullptr;
  /// How long whoever uses the vault is waited for.
  std::chrono::milliseconds use_wait_max = kLockWaitMax;
};

/// A generation that is complete beside the old one and not yet in force. Holds the vault's lock
/// and its use alone, so nobody has a compartment of this vault open: not we either.
class Rotation {
 public:
  /// Writes slots and database of generation + 1 for `persons` and reads the whole new file again.
  /// @param current  what the file in force opened to.
  /// @return `locked` when the vault is in use, or when an earlier one is to be finished first
  /// (settle_generation); then nothing is changed.
  static Result<Rotation> prepare(const RotationOptions& options, const Slots& current,
                                  std::vector<SlotPerson> persons, Randomness& randomness);
  Rotation(Rotation&& other) noexcept;
  Rotation& operator=(Rotation&&) = delete;
  ~Rotation();  ///< Gives it up, unless put in force.

  /// What is to be signed and recorded.
  [[nodiscard]] const Grant& grant() const;
  [[nodiscard]] const Slots& slots() const;
  /// Opens the new database before it is in force: where the record of the grant belongs when this
  /// compartment holds it. Another compartment of the vault is opened with `exclusive_use`
  /// meanwhile.
  Status with_new_database(const std::function<Status(Compartment&)>& work);
  /// From now on a failure leaves all files where they are: the grant may have been recorded, so
  /// that taking back would lose its record. settle_and_open_slots() (keeping.h) decides.
  void leave_to_settle();
  /// Exchanges the files; the old ones are removed, the vault is free again. @return the new slots.
  Result<Slots> put_in_force() &&;

 private:
  struct State;
  explicit Rotation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What settle_generation() found.
enum class Settled { nothing_to_do, took_back, finished };

/// After a crash, before a compartment is opened: finishes an exchange that had begun, or takes
/// back one that had not. Needs the slots in force (opened by the caller) to know which.
/// @return `locked` when files are left over and the vault is in use.
Result<Settled> settle_generation(const RotationOptions& options, const Slots& in_force);

/// Old files of a compartment that still lie in the vault, by name. Copies elsewhere are not seen.
Result<std::vector<std::string>> leftover_files(const std::filesystem::path& vault,
                                                std::string_view compartment);

}  // namespace casebook::vault
