#include "core/key_agent_message.h"

#include <algorithm>

#include "core/age_identity_file.h"
#include "core/ssh_wire.h"

namespace casebook::key_agent {
namespace {

constexpr std::uint8_t kList = 1;
constexpr std::uint8_t kUnwrap = 2;
constexpr std::uint8_t kSign = 3;
constexpr std::uint8_t kAdd = 4;
constexpr std::uint8_t kLock = 5;
constexpr std::uint8_t kHeld = 129;
constexpr std::uint8_t kFileKey = 130;
constexpr std::uint8_t kSignature = 131;
constexpr std::uint8_t kDone = 132;
constexpr std::uint8_t kNotForUs = 133;
constexpr std::uint8_t kRefused = 255;

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kLineBytesMax = 1024;
constexpr std::size_t kArmoredBytesMax = 4096;
constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kFileKeyBytes = 16;
constexpr std::size_t kPartsBytesMax = 256;  // Of one message besides its long fields.

Error malformed() { return {ErrorCode::invalid_input, "key agent: malformed message"}; }

/// Reads field by field; after the first failure everything is empty.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : reader_(bytes) {}

  std::uint8_t byte() { return take(reader_.byte(), std::uint8_t{0}); }
  std::uint32_t number() { return take(reader_.uint32(), std::uint32_t{0}); }
  std::string text(std::size_t size_bytes_max) {
    return std::string(take(reader_.text(size_bytes_max), std::string_view()));
  }
  std::string name() {
    std::string name = text(kNameBytesMax);
    if (!is_person_name(name)) is_good_ = false;
    return name;
  }
  SecretBytes secret(std::size_t size_bytes_max) {
    return SecretBytes::copy_of(take(reader_.string(size_bytes_max), std::span<const std::byte>()));
  }
  SecretBytes raw_secret(std::size_t size_bytes) {
    return SecretBytes::copy_of(take(reader_.raw(size_bytes), std::span<const std::byte>()));
  }
  template <std::size_t size>
  void raw(std::array<std::byte, size>& into) {
    const auto bytes = take(reader_.raw(size), std::span<const std::byte>());
    if (bytes.size() == size) std::ranges::copy(bytes, into.begin());
  }
  void refuse_unless(bool holds) { is_good_ = is_good_ && holds; }
  /// All fields were good and nothing follows.
  [[nodiscard]] bool finished() const { return is_good_ && reader_.end(); }
  [[nodiscard]] bool good() const { return is_good_; }

 private:
  template <typename T>
  T take(Result<T> value, T nothing) {
    is_good_ = is_good_ && value;
    return is_good_ ? *value : nothing;
  }
  SshReader reader_;
  bool is_good_ = true;
};

/// Room for all fields at once, so that no copy of a secret is left behind by growth.
SshWriter writer_for(std::size_t long_fields_bytes) {
  return SshWriter(long_fields_bytes + kPartsBytesMax);
}

struct RequestWriter {
  SshWriter operator()(const ListRequest&) const {
    SshWriter out;
    out.byte(kList);
    return out;
  }
  SshWriter operator()(const UnwrapRequest& request) const {
    SshWriter out;
    out.byte(kUnwrap).string(request.name).raw(request.share).raw(request.wrapped);
    return out;
  }
  SshWriter operator()(const SignRequest& request) const {
    SshWriter out = writer_for(request.statement.size());
    out.byte(kSign).string(request.name).string(request.statement);
    return out;
  }
  SshWriter operator()(const AddRequest& request) const {
    SshWriter out = writer_for(request.identities.size() + request.public_key.size());
    out.byte(kAdd).string(request.name).string(request.public_key);
    out.string(request.identities.reveal()).string(request.seed.reveal());
    out.uint32(request.idle_seconds).uint32(request.absolute_seconds);
    return out;
  }
  SshWriter operator()(const LockRequest& request) const {
    SshWriter out;
    out.byte(kLock).string(request.name);
    return out;
  }
};

struct AnswerWriter {
  SshWriter operator()(const HeldAnswer& answer) const {
    SshWriter out;
    out.byte(kHeld).uint32(static_cast<std::uint32_t>(answer.persons.size()));
    for (const HeldPerson& person : answer.persons) {
      out.string(person.name).string(person.public_key).string(person.recipient);
      out.uint32(person.idle_seconds_left).uint32(person.absolute_seconds_left);
      out.byte(person.can_sign ? 1 : 0);
    }
    return out;
  }
  SshWriter operator()(const FileKeyAnswer& answer) const {
    SshWriter out = writer_for(kFileKeyBytes);
    out.byte(kFileKey).raw(answer.key.reveal());
    return out;
  }
  SshWriter operator()(const SignatureAnswer& answer) const {
    SshWriter out;
    out.byte(kSignature).string(answer.armored);
    return out;
  }
  SshWriter operator()(const DoneAnswer&) const {
    SshWriter out;
    out.byte(kDone);
    return out;
  }
  SshWriter operator()(const NotForUsAnswer&) const {
    SshWriter out;
    out.byte(kNotForUs);
    return out;
  }
  SshWriter operator()(const RefusedAnswer& answer) const {
    SshWriter out;
    out.byte(kRefused).byte(static_cast<std::uint8_t>(answer.why));
    out.string(std::string_view(answer.text).substr(0, kLineBytesMax));
    return out;
  }
};

AddRequest read_add(Fields& in) {
  AddRequest request;
  request.name = in.name();
  request.public_key = in.text(kLineBytesMax);
  request.identities = in.secret(kIdentityFileBytesMax);
  request.seed = in.secret(kSeedBytes);
  in.refuse_unless(request.seed.empty() || request.seed.size() == kSeedBytes);
  request.idle_seconds = in.number();
  request.absolute_seconds = in.number();
  return request;
}

HeldAnswer read_held(Fields& in) {
  HeldAnswer answer;
  const std::uint32_t count = in.number();
  in.refuse_unless(count <= kPersonsMax);
  for (std::uint32_t i = 0; i < count && in.good(); ++i) {
    HeldPerson person;
    person.name = in.name();
    person.public_key = in.text(kLineBytesMax);
    person.recipient = in.text(kLineBytesMax);
    person.idle_seconds_left = in.number();
    person.absolute_seconds_left = in.number();
    const std::uint8_t can_sign = in.byte();
    in.refuse_unless(can_sign <= 1);
    person.can_sign = can_sign == 1;
    answer.persons.push_back(std::move(person));
  }
  return answer;
}

RefusedAnswer read_refused(Fields& in) {
  RefusedAnswer answer;
  const std::uint8_t why = in.byte();
  in.refuse_unless(why >= 1 && why <= 5);
  answer.why = static_cast<Refusal>(why);
  answer.text = in.text(kLineBytesMax);
  return answer;
}

}  // namespace

bool is_person_name(std::string_view name) noexcept {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
         name.front() != '-' && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

SecretBytes format_request(const Request& request) {
  return SecretBytes(std::visit(RequestWriter{}, request).take());
}

SecretBytes format_answer(const Answer& answer) {
  return SecretBytes(std::visit(AnswerWriter{}, answer).take());
}

Result<Request> parse_request(std::span<const std::byte> message) {
  if (message.size() > kMessageBytesMax) {
    return Error{ErrorCode::limit_exceeded, "key agent: message too long"};
  }
  Fields in(message);
  Request request;
  switch (in.byte()) {
    case kList:
      break;
    case kUnwrap: {
      UnwrapRequest unwrap;
      unwrap.name = in.name();
      in.raw(unwrap.share);
      in.raw(unwrap.wrapped);
      request = std::move(unwrap);
      break;
    }
    case kSign: {
      SignRequest sign;
      sign.name = in.name();
      sign.statement = in.text(kStatementTextBytesMax);
      request = std::move(sign);
      break;
    }
    case kAdd:
      request = read_add(in);
      break;
    case kLock: {
      LockRequest lock{in.text(kNameBytesMax)};
      in.refuse_unless(lock.name.empty() || is_person_name(lock.name));
      request = std::move(lock);
      break;
    }
    default:
      return malformed();
  }
  if (!in.finished()) return malformed();
  return request;
}

Result<Answer> parse_answer(std::span<const std::byte> message) {
  if (message.size() > kMessageBytesMax) {
    return Error{ErrorCode::limit_exceeded, "key agent: message too long"};
  }
  Fields in(message);
  Answer answer;
  switch (in.byte()) {
    case kHeld:
      answer = read_held(in);
      break;
    case kFileKey:
      answer = FileKeyAnswer{in.raw_secret(kFileKeyBytes)};
      break;
    case kSignature:
      answer = SignatureAnswer{in.text(kArmoredBytesMax)};
      break;
    case kDone:
      answer = DoneAnswer{};
      break;
    case kNotForUs:
      answer = NotForUsAnswer{};
      break;
    case kRefused:
      answer = read_refused(in);
      break;
    default:
      return malformed();
  }
  if (!in.finished()) return malformed();
  return answer;
}

}  // namespace casebook::key_agent
