/// What a crash, or a change that goes on at this moment, leaves of grants and new generations.
/// Whoever writes finishes it or takes it back before anything else; whoever reads takes what the
/// ledger names, and does the same first where that cannot be read. docs/spec/slots.md.

#include <algorithm>
#include <thread>

#include "cli/case_entry.h"
#include "cli/case_session.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kGeneral = "general";
/// Files are exchanged only when nobody else has the vault open; whoever reads is not kept waiting.
constexpr std::chrono::milliseconds kUseWaitMax{1000};

}  // namespace

Error being_changed(const std::string& compartment) {
  return Error{ErrorCode::locked, compartment + " is being given new keys",
               "try again; what a crash left is finished by whoever writes next"};
}

Result<vault::SlotsRequest> CaseSession::request_for(const std::string& name) {
  auto unlock = ring_.unlock("opening " + name);
  if (!unlock) return std::move(unlock).error();
  return vault::SlotsRequest{
      {.vault = paths_.vault(), .use_wait_max = kUseWaitMax}, state_.file.case_id, name, *unlock};
}

std::optional<vault::Grant> CaseSession::recorded_grant(const std::string& name) const {
  const workflow::GrantedAccess* access = people().access_to(name);
  if (access == nullptr) return std::nullopt;
  return grant_of(state_.file.case_id, access->grant);
}

bool CaseSession::is_being_changed(const std::string& name) {
  const auto general = open_.find(std::string(kGeneral));
  if (general == open_.end()) return false;
  const auto pending = general->second.pending();
  if (!pending) return false;
  return std::ranges::any_of(*pending, [&](const vault::StoredRecord& stored) {
    const auto entry = read_entry(as_text(stored.record));
    if (!entry) return false;
    const auto body = workflow::parse_body(entry->statement.verb, entry->statement.body);
    const auto* grant = body ? std::get_if<workflow::AccessGrant>(&*body) : nullptr;
    return grant != nullptr && grant->compartment == name;
  });
}

Result<vault::Slots> CaseSession::slots_of(const std::string& name) {
  auto request = request_for(name);
  if (!request) return std::move(request).error();
  auto opened = vault::read_slots_in_force(*request, recorded_grant(name));
  if (!opened && opened.error().code == ErrorCode::locked && opened.error().hint.empty()) {
    return Error{ErrorCode::locked, ring_.person().name + " may not open " + name,
                 "casebook access list tells who can let you in"};
  }
  // New keys come into force before their grant is entered (decision 0144).
  if (!opened && opened.error().code == ErrorCode::corrupt && is_being_changed(name)) {
    return being_changed(name);
  }
  if (!opened) return std::move(opened).error();
  if (name == kGeneral) general_ = opened->observed;
  return std::move(opened->slots);
}

/// Its new keys were put in force and its database had not got its name. Nothing is open.
Status CaseSession::settle_general() {
  auto request = request_for(std::string(kGeneral));
  if (!request) return std::move(request).error();
  auto settled = vault::settle_and_open_slots(
      *request, [](const Digest256&) -> Result<bool> { return false; });
  if (!settled) return std::move(settled).error();
  return ok();
}

/// Only for whoever writes: by what the ledger and `general` say. Where somebody else reads, or
/// this person may not, it is left to the next.
Status CaseSession::settle_changes() {
  std::vector<std::string> left;
  for (const auto& [name, grants] : people_.grants) {
    if (vault::is_unsettled(paths_.vault(), name)) left.push_back(name);
  }
  if (left.empty()) return ok();
  const auto commits = vault::commitments_of(paths_, state_.file);
  if (!commits) return Error(commits.error());
  const auto is_in_ledger = [&](const Digest256& commit) -> Result<bool> {
    return std::ranges::find(*commits, commit) != commits->end();
  };
  if (auto closed = close_compartments(); !closed) return closed;
  Status done = ok();
  for (const std::string& name : left) {
    auto request = request_for(name);
    if (!request) return std::move(request).error();
    auto settled = vault::settle_and_open_slots(*request, is_in_ledger, recorded_grant(name));
    if (settled) continue;
    const ErrorCode code = settled.error().code;  // What is corrupt shows when it is opened.
    if (code != ErrorCode::locked && code != ErrorCode::corrupt) done = Error(settled.error());
  }
  if (auto opened = reopen_general(); !opened) return opened;
  return done;
}

/// Whether something that this person reads lies in the middle of a change.
Result<bool> CaseSession::lies_between() {
  std::vector<std::string> names = {std::string(kGeneral)};
  if (me_) names = held();
  for (const std::string& name : names) {
    const auto grant = recorded_grant(name);
    if (!grant) continue;
    auto lies = vault::lies_as_granted(paths_.vault(), *grant);
    if (!lies) return std::move(lies).error();
    if (!*lies) return true;
  }
  return false;
}

/// As whoever writes next would, if that may be this machine. @return true when the case is to be
/// read again.
bool CaseSession::settle_for_reading() {
  was_settled_ = true;
  auto log_key = kept_log_key(runtime_, state_.file.case_id);
  if (!me_ || !log_key) return false;
  const auto fingerprint = (*log_key)->public_key().fingerprint();
  const auto home = home_heads(runtime_);
  if (!fingerprint || people_.lease != *fingerprint || !home) return false;
  auto writer =
      vault::CaseWriter::open({paths_, *home, log_key->get(), &runtime_.randomness, nullptr});
  if (!writer) return false;  // Somebody writes just now, or nobody can here.
  log_key_ = *std::move(log_key);
  writer_.emplace(*std::move(writer));
  const bool done = fold_general() && recover_general() && settle_changes();
  const bool closed = bool(close());
  writer_.reset();
  log_key_.reset();
  return done && closed;
}

Status CaseSession::begin_again(SessionKind kind, const std::string& purpose) {
  open_.clear();
  auto home = home_heads(runtime_);
  if (!home) return std::move(home).error();
  auto state = vault::look_at_case(paths_, *home);
  if (!state) return std::move(state).error();
  state_ = *std::move(state);
  me_.reset();
  return begin(kind, purpose);
}

/// RT-23 for the compartment that says who may open it: compared once it was
/// read.
Status CaseSession::check_grant_of_general() {
  const workflow::GrantedAccess* access = people().access_to(std::string(kGeneral));
  if (access == nullptr) {
    return Error{ErrorCode::corrupt, "nobody was ever let into general",
                 "the case was not opened to its end"};
  }
  // A grant was recorded and its slots are not yet in force, or the other way round: a crash, or
  // a write at this moment, which is over soon.
  constexpr int kAttempts = 40;
  constexpr int kLooks = 3;
  for (int attempt = 1;; ++attempt) {
    if (compare_general()) return ok();
    auto slots = slots_of(std::string(kGeneral));
    if (slots) return ok();
    // What was folded may be older than the slots by now: it is read again before it counts.
    const bool is_changing = slots.error().code == ErrorCode::locked;
    if (attempt == kAttempts || (!is_changing && (writer_ || attempt == kLooks))) {
      return std::move(slots).error();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (auto folded = fold_general(); !folded) return folded;
  }
}

Status CaseSession::recover_general() {
  vault::Compartment* const general = &open_.at(std::string(kGeneral));
  auto recovered = writer_->recover({&general, 1});
  if (!recovered) return std::move(recovered).error();
  if (recovered->finished + recovered->marked == 0) return ok();
  return fold_general();
}

}  // namespace casebook::cli
