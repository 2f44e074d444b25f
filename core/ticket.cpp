#include "core/ticket.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-ticket/1";
constexpr std::int64_t kRunsMax = 100000;
constexpr std::size_t kCollectorsMax = 64;
constexpr std::size_t kProfileNameMax = 100;

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

Json hex_or_null(const std::optional<Digest256>& digest) {
  return digest ? Json(to_hex(*digest)) : Json(nullptr);
}

/// Reads members one after another and keeps the first error, so that each need not be looked at.
class Members {
 public:
  explicit Members(const Json& object) : object_(&object) {}

  std::string text(std::string_view key) { return keep(json_text_member(*object_, key), {}); }
  std::int64_t integer(std::string_view key) {
    return keep(json_integer_member(*object_, key), {});
  }
  bool boolean(std::string_view key) { return keep(json_bool_member(*object_, key), {}); }
  UtcSeconds time(std::string_view key) { return keep(parse_utc(text(key)), {}, key); }
  Digest256 digest(std::string_view key) { return keep(digest_from_hex(text(key)), {}, key); }
  std::optional<Digest256> digest_or_null(std::string_view key) {
    const Json* member = any(key);
    if (member == nullptr || member->is_null()) return std::nullopt;
    return digest(key);
  }
  const Json* any(std::string_view key) {
    return keep(json_member(*object_, key), static_cast<const Json*>(nullptr));
  }
  void only(std::initializer_list<std::string_view> known) {
    keep(json_only_members(*object_, known), std::monostate{});
  }
  void refuse(std::string why) {
    if (!error_) error_ = invalid(std::move(why));
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  template <typename T>
  T keep(Result<T> result, T otherwise, std::string_view key = {}) {
    if (result) return *std::move(result);
    if (!error_) {
      error_ = key.empty() ? std::move(result).error() : std::move(result).error().context(key);
    }
    return otherwise;
  }
  const Json* object_;
  std::optional<Error> error_;
};

std::vector<Digest256> parse_collectors(Members& members) {
  std::vector<Digest256> collectors;
  const Json* list = members.any("collectors");
  if (list == nullptr) return collectors;
  if (!list->is_array() || list->size() > kCollectorsMax) {
    members.refuse("\"collectors\" is not a list of at most 64 digests");
    return collectors;
  }
  for (const Json& item : *list) {
    auto digest = digest_from_hex(item.is_string() ? item.get_ref<const std::string&>() : "");
    if (!digest || (!collectors.empty() && *digest <= collectors.back())) {
      members.refuse("\"collectors\" holds no sorted digests");
      return collectors;
    }
    collectors.push_back(*digest);
  }
  return collectors;
}

std::optional<CaseId> parse_case(Members& members) {
  const Json* member = members.any("case");
  if (member == nullptr || member->is_null()) return std::nullopt;
  auto id = CaseId::parse(members.text("case"));
  if (!id) {
    members.refuse("\"case\" is no id");
    return std::nullopt;
  }
  return *id;
}

Status check_limits(const Ticket& ticket) {
  if (ticket.not_after < ticket.not_before) return invalid("ends before it begins");
  if (ticket.runs_max < 1 || ticket.runs_max > kRunsMax) {
    return invalid("\"runs_max\" is not from 1 to 100000");
  }
  if (ticket.profile_name.empty() || ticket.profile_name.size() > kProfileNameMax) {
    return invalid("profile name of no or too much text");
  }
  if (ticket.collectors.size() > kCollectorsMax) return invalid("more than 64 collectors");
  return ok();
}

Result<Ticket> parse_members(const Json& object) {
  Members members(object);
  members.only({"case", "collectors", "directed_by", "format", "host", "issued_at", "not_after",
                "not_before", "profile", "purpose", "recipient", "runs_max", "seal_key", "standing",
                "ticket"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  auto id = TicketId::parse(members.text("ticket"));
  auto seal_key = SshPublicKey::from_line(members.text("seal_key"));
  auto recipient = AgeRecipient::parse(members.text("recipient"));
  const Json* host = members.any("host");
  const Json* profile = members.any("profile");
  if (members.error()) return *members.error();
  if (!id) return std::move(id).error().context("ticket");
  if (!seal_key) return std::move(seal_key).error().context("seal_key");
  if (seal_key->type() != SshKeyType::ed25519) return invalid("seal_key is not ssh-ed25519");
  if (!recipient) return std::move(recipient).error().context("recipient");
  Members host_members(*host);
  host_members.only({"host_key", "machine_id", "name"});
  Members profile_members(*profile);
  profile_members.only({"name", "sha256"});
  Ticket ticket{.id = *id,
                .case_id = parse_case(members),
                .issued_at = members.time("issued_at"),
                .not_before = members.time("not_before"),
                .not_after = members.time("not_after"),
                .seal_key = *std::move(seal_key),
                .recipient = *recipient,
                .profile_name = profile_members.text("name"),
                .profile_sha256 = profile_members.digest("sha256"),
                .collectors = parse_collectors(members),
                .runs_max = members.integer("runs_max"),
                .standing = members.boolean("standing"),
                .purpose = members.digest("purpose"),
                .host_name = host_members.digest_or_null("name"),
                .machine_id = host_members.digest_or_null("machine_id"),
                .host_key = host_members.digest_or_null("host_key"),
                .directed_by = members.digest_or_null("directed_by")};
  for (const Members* read : {&members, &host_members, &profile_members}) {
    if (read->error()) return *read->error();
  }
  if (auto fits = check_limits(ticket); !fits) return std::move(fits).error();
  return ticket;
}

}  // namespace

std::string format_ticket(const Ticket& ticket) {
  Json collectors = Json::array();
  for (const Digest256& digest : ticket.collectors) collectors.push_back(to_hex(digest));
  const Json object = {
      {"case", ticket.case_id ? Json(ticket.case_id->text()) : Json(nullptr)},
      {"collectors", std::move(collectors)},
      {"directed_by", hex_or_null(ticket.directed_by)},
      {"format", kFormat},
      {"host",
       {{"host_key", hex_or_null(ticket.host_key)},
        {"machine_id", hex_or_null(ticket.machine_id)},
        {"name", hex_or_null(ticket.host_name)}}},
      {"issued_at", format_utc(ticket.issued_at)},
      {"not_after", format_utc(ticket.not_after)},
      {"not_before", format_utc(ticket.not_before)},
      {"profile", {{"name", ticket.profile_name}, {"sha256", to_hex(ticket.profile_sha256)}}},
      {"purpose", to_hex(ticket.purpose)},
      {"recipient", ticket.recipient.text()},
      {"runs_max", ticket.runs_max},
      {"seal_key", ticket.seal_key.line()},
      {"standing", ticket.standing},
      {"ticket", ticket.id.text()}};
  return canonical_json(object);
}

Result<Ticket> parse_ticket(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kTicketBytesMax, .depth_max = 4});
  if (!object) return std::move(object).error().context("ticket");
  auto ticket = parse_members(*object);
  if (!ticket) return std::move(ticket).error().context("ticket");
  // Keys have several spellings (a comment, for one); only the one we write is a ticket.
  if (format_ticket(*ticket) != text) return invalid("ticket: not in its only spelling");
  return ticket;
}

std::string host_name_form(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string form(name);
  std::ranges::transform(form, form.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return form;
}

}  // namespace casebook
