#include "core/custody.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/ssh_public_key.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-custody/1";
constexpr std::size_t kStatementBytesMax = std::size_t{64} << 10U;
constexpr std::array<std::string_view, 11> kNames = {
    "created",  "sealed", "ratified", "timestamped", "moved",    "given",
    "received", "opened", "verified", "disclosed",   "destroyed"};

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

Json hex_or_null(const std::optional<Digest256>& digest) {
  return digest ? Json(to_hex(*digest)) : Json(nullptr);
}

bool is_null(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_null();
}

Status read_digest(const Json& object, const char* key, std::optional<Digest256>& digest) {
  if (is_null(object, key)) return ok();
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  auto parsed = digest_from_hex(*text);
  if (!parsed) return std::move(parsed).error().context(key);
  digest = *parsed;
  return ok();
}

Status read_text(const Json& object, const char* key, std::string& out) {
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  if (text->size() > kCustodyTextMax) return invalid(std::string("\"") + key + "\" is too long");
  out = *std::move(text);
  return ok();
}

template <typename Kind>
Result<Id<Kind>> read_id(const Json& object, const char* key) {
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  auto id = Id<Kind>::parse(*text);
  if (!id) return std::move(id).error().context(key);
  return id;
}

Status read_fingerprint(const Json& object, const char* key, std::string& out) {
  if (auto read = read_text(object, key, out); !read) return read;
  if (!is_ssh_fingerprint(out)) return invalid(std::string("\"") + key + "\" is no fingerprint");
  return ok();
}

Status read_actor(const Json& object, CustodyStatement& statement) {
  auto actor = json_member(object, "actor");
  if (!actor) return std::move(actor).error();
  if (auto known = json_only_members(**actor, {"key", "person"}); !known) return known;
  if (auto read = read_fingerprint(**actor, "key", statement.key); !read) return read;
  if (is_null(**actor, "person")) return ok();
  auto person = read_id<PersonIdKind>(**actor, "person");
  if (!person) return std::move(person).error();
  statement.person = *person;
  return ok();
}

Status read_basis(const Json& object, MerkleHead& basis) {
  auto member = json_member(object, "basis");
  if (!member) return std::move(member).error();
  if (auto known = json_only_members(**member, {"root", "size"}); !known) return known;
  std::optional<Digest256> root;
  if (auto read = read_digest(**member, "root", root); !read) return read;
  auto size = json_integer_member(**member, "size");
  if (!size) return std::move(size).error();
  if (!root || *size < 0) return invalid("\"basis\" is no head");
  basis = {static_cast<std::uint64_t>(*size), *root};
  return ok();
}

Status read_rest(const Json& object, CustodyStatement& statement) {
  if (auto read = read_actor(object, statement); !read) return read;
  if (auto read = read_basis(object, statement.basis); !read) return read;
  if (auto read = read_text(object, "reason", statement.reason); !read) return read;
  if (auto read = read_text(object, "place", statement.place); !read) return read;
  if (auto read = read_digest(object, "before", statement.before); !read) return read;
  if (auto read = read_digest(object, "after", statement.after); !read) return read;
  if (auto read = read_digest(object, "about", statement.about); !read) return read;
  if (is_null(object, "to")) return ok();
  std::string to;
  if (auto read = read_fingerprint(object, "to", to); !read) return read;
  if (statement.kind != CustodyKind::given) return invalid("\"to\" stands in \"given\" only");
  statement.to = std::move(to);
  return ok();
}

Result<CustodyStatement> parse_members(const Json& object) {
  auto known =
      json_only_members(object, {"about", "actor", "after", "bag", "basis", "before", "event",
                                 "format", "place", "reason", "statement", "time", "to"});
  if (!known) return std::move(known).error();
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return invalid("another format or version");
  auto id = read_id<StatementIdKind>(object, "statement");
  if (!id) return std::move(id).error();
  auto bag = read_id<BagIdKind>(object, "bag");
  if (!bag) return std::move(bag).error();
  auto name = json_text_member(object, "event");
  if (!name) return std::move(name).error();
  auto kind = custody_kind(*name);
  if (!kind) return std::move(kind).error();
  auto time_text = json_text_member(object, "time");
  if (!time_text) return std::move(time_text).error();
  auto time = parse_utc(*time_text);
  if (!time) return std::move(time).error();
  CustodyStatement statement{*id, *bag, *kind, {}, {}, {}, {}, {}, {}, {}, {}, *time, {}};
  if (auto rest = read_rest(object, statement); !rest) return std::move(rest).error();
  return statement;
}

}  // namespace

std::string_view to_string(CustodyKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

Result<CustodyKind> custody_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<CustodyKind>(i);
  }
  return invalid("no event of custody has this name");
}

std::string format_custody_statement(const CustodyStatement& statement) {
  const auto& person = statement.person;
  const Json object = {
      {"about", hex_or_null(statement.about)},
      {"actor",
       {{"key", statement.key}, {"person", person ? Json(person->text()) : Json(nullptr)}}},
      {"after", hex_or_null(statement.after)},
      {"bag", statement.bag.text()},
      {"basis", {{"root", to_hex(statement.basis.root)}, {"size", statement.basis.count}}},
      {"before", hex_or_null(statement.before)},
      {"event", to_string(statement.kind)},
      {"format", kFormat},
      {"place", statement.place},
      {"reason", statement.reason},
      {"statement", statement.id.text()},
      {"time", format_utc(statement.time)},
      {"to", statement.to ? Json(*statement.to) : Json(nullptr)}};
  return canonical_json(object);
}

Result<CustodyStatement> parse_custody_statement(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kStatementBytesMax, .depth_max = 3});
  if (!object) return std::move(object).error().context("custody statement");
  auto statement = parse_members(*object);
  if (!statement) return std::move(statement).error().context("custody statement");
  return statement;
}

}  // namespace casebook
