#include "core/statement.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json_members.h"
#include "core/ssh_envelope.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-statement/1";
constexpr std::size_t kDigestsMax = 64;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kDepthMax = 8;
constexpr std::array<std::string_view, 5> kFindings = {"foreign_case", "other_drill", "repeated",
                                                       "expired", "foreign_basis"};

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

bool is_word(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !text.empty() && text.size() <= kNameBytesMax &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

StatementDigests read_digests(JsonMembers& members) {
  StatementDigests digests;
  const Json* object = members.object("digests");
  if (object == nullptr) return digests;
  if (object->size() > kDigestsMax) members.refuse("\"digests\" has more than 64 names");
  JsonMembers values(*object);
  for (const auto& [name, value] : object->items()) {
    if (!is_word(name)) members.refuse("\"digests\" has a name that is none");
    digests.emplace(name, values.digest(name));
  }
  if (values.failed()) members.refuse(values.error().message);
  return digests;
}

Result<Statement> parse_members(const Json& object) {
  JsonMembers members(object);
  members.only(
      {"basis", "body", "case", "digests", "drill", "expires", "format", "id", "time", "verb"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  const auto id = members.id<StatementIdKind>("id");
  const auto case_id = members.id<CaseIdKind>("case");
  const Json* body = members.object("body");
  std::string verb = members.text("verb");
  if (!is_statement_verb(verb)) members.refuse("\"verb\" is none");
  const bool is_drill = members.boolean("drill");
  StatementDigests digests = read_digests(members);
  const UtcSeconds time = members.time("time");
  const auto expires = members.time_or_null("expires");
  const MerkleHead basis = members.head("basis");
  if (members.failed()) return members.error();
  return Statement{
      *id,  *case_id, is_drill, std::move(verb), canonical_json(*body), std::move(digests),
      time, expires,  basis};
}

}  // namespace

Result<Json> Statement::body_json() const {
  auto json = parse_canonical_json(body);
  if (!json) return std::move(json).error().context("body");
  if (!json->is_object()) return invalid("body: not an object");
  return json;
}

bool is_statement_verb(std::string_view text) noexcept {
  if (text.size() > kNameBytesMax) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_word(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string format_statement(const Statement& statement) {
  Json digests = Json::object();
  for (const auto& [name, digest] : statement.digests) digests[name] = to_hex(digest);
  auto body = statement.body_json();
  check(bool(body), "the body of a statement is canonical JSON");
  return canonical_json(
      Json{{"basis", {{"root", to_hex(statement.basis.root)}, {"size", statement.basis.count}}},
           {"body", *std::move(body)},
           {"case", statement.case_id.text()},
           {"digests", std::move(digests)},
           {"drill", statement.is_drill},
           {"expires", statement.expires ? Json(format_utc(*statement.expires)) : Json(nullptr)},
           {"format", kFormat},
           {"id", statement.id.text()},
           {"time", format_utc(statement.time)},
           {"verb", statement.verb}});
}

Result<Statement> parse_statement(std::string_view text) {
  auto object =
      parse_canonical_json(text, {.size_bytes_max = kStatementBytesMax, .depth_max = kDepthMax});
  if (!object) return std::move(object).error().context("statement");
  auto statement = parse_members(*object);
  if (!statement) return std::move(statement).error().context("statement");
  return statement;
}

Result<SignedStatement> sign_statement(const Statement& statement, Signer& signer) {
  SignedStatement made{format_statement(statement), {}};
  if (made.text.size() > kStatementBytesMax) {
    return Error{ErrorCode::limit_exceeded, "the statement is longer than 256 KiB"};
  }
  // What we could not read again must not be signed.
  if (auto read = parse_statement(made.text); !read) return std::move(read).error();
  if (auto added = cosign_statement(made, signer); !added) return std::move(added).error();
  return made;
}

Status cosign_statement(SignedStatement& statement, Signer& signer) {
  auto signature = make_ssh_signature(signer, kStatementNamespace, as_bytes(statement.text));
  if (!signature) return std::move(signature).error().context("sign statement");
  return add_statement_signature(statement, *signature);
}

Status add_statement_signature(SignedStatement& statement, std::string_view armored) {
  SignedStatement with = statement;
  with.signatures.emplace_back(armored);
  auto signers = statement_signers(with);
  if (!signers) return std::move(signers).error();
  statement = std::move(with);
  return ok();
}

Result<std::vector<SshPublicKey>> statement_signers(const SignedStatement& statement) {
  if (statement.signatures.empty() || statement.signatures.size() > kStatementSignaturesMax) {
    return invalid("a statement has 1 to 8 signatures");
  }
  auto digest = sha512(as_bytes(statement.text));
  if (!digest) return std::move(digest).error();
  std::vector<SshPublicKey> signers;
  for (const std::string& armored : statement.signatures) {
    auto envelope = parse_ssh_envelope(armored);
    if (!envelope) return std::move(envelope).error().context("signature");
    SshPublicKey& key = envelope->key;
    if (std::ranges::find(signers, key) != signers.end()) return invalid("a key signed twice");
    auto checked = check_ssh_envelope({.name_space = kStatementNamespace, .keys = {&key, 1}},
                                      *digest, *envelope);
    if (!checked) return std::move(checked).error();
    if (!checked->good()) return invalid("signature: " + checked->reason);
    signers.push_back(std::move(key));
  }
  return signers;
}

std::string_view to_string(StatementFinding finding) noexcept {
  return kFindings[static_cast<std::size_t>(finding)];
}

std::vector<StatementFinding> check_statement(const Statement& statement,
                                              const StatementPlace& place) {
  std::vector<StatementFinding> findings;
  if (statement.case_id != place.case_id) findings.push_back(StatementFinding::foreign_case);
  if (statement.is_drill != place.is_drill) findings.push_back(StatementFinding::other_drill);
  if (place.is_id_taken) findings.push_back(StatementFinding::repeated);
  if (statement.expires && place.received_at > *statement.expires) {
    findings.push_back(StatementFinding::expired);
  }
  if (place.root_at_basis != statement.basis.root) {
    findings.push_back(StatementFinding::foreign_basis);
  }
  return findings;
}

}  // namespace casebook
