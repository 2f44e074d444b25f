#include "vault/case_file.h"

#include <nlohmann/json.hpp>

#include "core/durable_file.h"
#include "core/json_members.h"
#include "core/printable.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kFormat = "casebook-case/1";
constexpr std::size_t kFileBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kFoundersMax = 8;

Result<CaseFile> parse_members(const Json& object) {
  JsonMembers members(object);
  members.only({"case", "code_name", "drill", "format", "founders", "log_key", "roster"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  const auto id = members.id<CaseIdKind>("case");
  std::string code_name = members.text("code_name", 64);
  const bool is_drill = members.boolean("drill");
  const auto log_key = members.key("log_key");
  const auto roster = members.digest_or_null("roster");
  const Json* founders = members.array("founders", kFoundersMax);
  if (members.failed()) return members.error();
  CaseFile file{*id, std::move(code_name), is_drill, {}, *log_key, roster};
  for (const Json& item : *founders) {
    JsonMembers founder(item);
    founder.only({"key", "person"});
    const auto key = founder.key("key");
    const auto person = founder.id<PersonIdKind>("person");
    if (founder.failed()) return founder.error();
    file.founders.push_back({*person, *key});
  }
  return file;
}

}  // namespace

LedgerId CaseFile::ledger_id() const { return *LedgerId::parse(case_id.text()); }

std::string format_case_file(const CaseFile& file) {
  Json founders = Json::array();
  for (const CaseFounder& founder : file.founders) {
    founders.push_back({{"key", founder.key.line()}, {"person", founder.person.text()}});
  }
  return canonical_json(Json{{"case", file.case_id.text()},
                             {"code_name", file.code_name},
                             {"drill", file.is_drill},
                             {"format", kFormat},
                             {"founders", std::move(founders)},
                             {"log_key", file.log_key.line()},
                             {"roster", file.roster ? Json(to_hex(*file.roster)) : Json(nullptr)}});
}

Result<CaseFile> parse_case_file(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kFileBytesMax, .depth_max = 4});
  if (!object) return std::move(object).error().context("case.json");
  auto file = parse_members(*object);
  if (!file) return std::move(file).error().context("case.json");
  return file;
}

Result<CaseFile> load_case_file(const CasePaths& paths) {
  auto text = read_file(paths.case_file(), kFileBytesMax);
  if (!text && text.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::not_found, printable(paths.root.string()) + ": holds no case",
                 "casebook use CASE, or --case DIR"};
  }
  if (!text) return std::move(text).error();
  return parse_case_file(as_text(*text));
}

}  // namespace casebook::vault
