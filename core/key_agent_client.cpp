#include "core/key_agent_client.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/durable_file.h"
#include "core/printable.h"
#include "core/ssh_wire.h"

namespace casebook {
namespace {

namespace fs = std::filesystem;
using namespace key_agent;

constexpr std::chrono::seconds kAnswerTime{5};
constexpr mode_t kOthers = 0077;

Error not_ours(const fs::path& path, const char* why) {
  return {ErrorCode::invalid_input, printable(path.string()) + ": " + why,
          "somebody may wait there for your passphrase; remove it if you know what it is"};
}

/// What is at `path`, links not followed; nothing when there is nothing.
Result<std::optional<struct stat>> look_at(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return std::optional(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<struct stat>();
  return system_error("look at " + printable(path.string()), errno);
}

bool is_closed_folder(const struct stat& status, uid_t uid) {
  return S_ISDIR(status.st_mode) && status.st_uid == uid && (status.st_mode & kOthers) == 0;
}

Status check_place(const KeyAgentPlace& place, uid_t uid) {
  auto folder = look_at(place.folder);
  if (!folder) return std::move(folder).error();
  if (!*folder) return ok();
  if (!is_closed_folder(**folder, uid)) return not_ours(place.folder, "not a folder of ours alone");
  auto socket = look_at(place.socket());
  if (!socket) return std::move(socket).error();
  if (*socket && (!S_ISSOCK((*socket)->st_mode) || (*socket)->st_uid != uid)) {
    return not_ours(place.socket(), "not a socket of ours");
  }
  return ok();
}

/// What a refusal means for the caller.
Error error_of(const RefusedAnswer& refused) {
  const std::string text = "key agent: " + printable(refused.text);
  switch (refused.why) {
    case Refusal::not_held:
      return {ErrorCode::locked, text, "casebook unlock"};
    case Refusal::fresh_act:
      return {ErrorCode::locked, text};
    case Refusal::limit:
      return {ErrorCode::limit_exceeded, text};
    case Refusal::malformed:
    case Refusal::failed:
      break;
  }
  return {ErrorCode::invalid_input, text};
}

Error another_answer() { return {ErrorCode::io, "key agent: it answers something else"}; }

Status done_or_error(Result<Answer> answer) {
  if (!answer) return std::move(answer).error();
  return std::holds_alternative<DoneAnswer>(*answer) ? ok() : Status(another_answer());
}

}  // namespace

Result<KeyAgentPlace> find_key_agent_place(const fs::path& runtime, const fs::path& home,
                                           uid_t uid) {
  if (runtime.is_absolute()) {
    auto status = look_at(runtime);
    if (!status) return std::move(status).error();
    if (*status && is_closed_folder(**status, uid)) {
      KeyAgentPlace place{runtime / "casebook"};
      if (auto good = check_place(place, uid); !good) return std::move(good).error();
      return place;
    }
  }
  if (!home.is_absolute()) {
    return Error{ErrorCode::not_found, "there is no place for the key agent's socket",
                 "set XDG_RUNTIME_DIR or HOME"};
  }
  KeyAgentPlace place{home / ".casebook-run"};
  if (auto good = check_place(place, uid); !good) return std::move(good).error();
  return place;
}

Status make_key_agent_place(const KeyAgentPlace& place, uid_t uid) {
  if (::mkdir(place.folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("make " + printable(place.folder.string()), errno);
  }
  return check_place(place, uid);
}

Result<Answer> KeyAgent::ask(const Request& request) {
  if (auto good = check_place(place_, uid_); !good) return std::move(good).error();
  auto socket = LocalSocket::connect(place_.socket());
  if (!socket) {
    const bool nobody = socket.error().code == ErrorCode::not_found ||
                        socket.error().message.ends_with("Connection refused");
    if (nobody) return Error{ErrorCode::not_found, "no key agent runs", "casebook unlock"};
    return std::move(socket).error().context("key agent");
  }
  if (auto peer = socket->check_peer(uid_); !peer) {
    return std::move(peer).error().context("key agent");
  }
  const auto deadline = std::chrono::steady_clock::now() + kAnswerTime;
  const SecretBytes message = format_request(request);
  SshWriter length;
  length.uint32(static_cast<std::uint32_t>(message.size()));
  std::array<std::byte, 4> prefix{};
  auto moved = socket->send(length.bytes(), deadline);
  if (moved) moved = socket->send(message.reveal(), deadline);
  if (moved) moved = socket->receive(prefix, deadline);
  if (!moved) return std::move(moved).error().context("key agent");
  const std::uint32_t size = *SshReader(prefix).uint32();
  if (size == 0 || size > kMessageBytesMax) return another_answer();
  SecretBytes room(size);
  if (auto got = socket->receive(room.reveal_mutable(), deadline); !got) {
    return std::move(got).error().context("key agent");
  }
  auto answer = parse_answer(room.reveal());
  if (!answer) return std::move(answer).error();
  if (const auto* refused = std::get_if<RefusedAnswer>(&*answer)) return error_of(*refused);
  return answer;
}

Result<std::vector<HeldPerson>> KeyAgent::held() {
  auto answer = ask(ListRequest{});
  if (!answer) return std::move(answer).error();
  auto* held = std::get_if<HeldAnswer>(&*answer);
  if (held == nullptr) return another_answer();
  return std::move(held->persons);
}

Status KeyAgent::add(const AddRequest& request) {
  return done_or_error(
      ask(AddRequest{.name = request.name,
                     .public_key = request.public_key,
                     .identities = SecretBytes::copy_of(request.identities.reveal()),
                     .seed = SecretBytes::copy_of(request.seed.reveal()),
                     .idle_seconds = request.idle_seconds,
                     .absolute_seconds = request.absolute_seconds}));
}

Status KeyAgent::lock(const std::string& name) { return done_or_error(ask(LockRequest{name})); }

Result<std::string> KeyAgent::sign_statement(const std::string& name, std::string_view statement) {
  auto answer = ask(SignRequest{name, std::string(statement)});
  if (!answer) return std::move(answer).error();
  auto* signature = std::get_if<SignatureAnswer>(&*answer);
  if (signature == nullptr) return another_answer();
  return std::move(signature->armored);
}

Result<std::optional<SecretBytes>> KeyAgent::unwrap(const UnwrapRequest& request) {
  auto answer = ask(request);
  if (!answer) return std::move(answer).error();
  if (std::holds_alternative<NotForUsAnswer>(*answer)) return std::optional<SecretBytes>();
  auto* key = std::get_if<FileKeyAnswer>(&*answer);
  if (key == nullptr) return another_answer();
  return std::optional(std::move(key->key));
}

Result<std::optional<SecretBytes>> AgentUnwrapper::unwrap(std::span<const std::byte> share,
                                                          std::span<const std::byte> wrapped) {
  UnwrapRequest request{.name = name_};
  if (share.size() != request.share.size() || wrapped.size() != request.wrapped.size()) {
    return std::optional<SecretBytes>();
  }
  std::ranges::copy(share, request.share.begin());
  std::ranges::copy(wrapped, request.wrapped.begin());
  return agent_.unwrap(request);
}

}  // namespace casebook
