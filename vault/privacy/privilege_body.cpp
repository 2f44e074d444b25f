#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "vault/privacy/privilege.h"

namespace casebook::privacy {
namespace {

constexpr std::array<std::string_view, 4> kVerbs = {"privilege_set", "privilege_removal_asked",
                                                    "privilege_removal_confirmed",
                                                    "privilege_removal_refused"};

Json label_json(const PrivilegeLabel& label) {
  return {{"basis", to_string(label.basis)},
          {"basis_note", label.basis_note},
          {"distribution", label.distribution},
          {"purpose", label.purpose},
          {"requested_by", label.requested_by}};
}

Result<PrivilegeLabel> parse_label(const Json& json) {
  if (auto known = json_only_members(
          json, {"basis", "basis_note", "distribution", "purpose", "requested_by"});
      !known) {
    return std::move(known).error();
  }
  PrivilegeLabel label;
  const auto basis = json_text_member(json, "basis");
  if (!basis) return basis.error();
  const auto parsed = parse_privilege_basis(*basis);
  if (!parsed || to_string(*parsed) != *basis)
    return Error{ErrorCode::invalid_input, "basis: not one of the bases of privilege"};
  label.basis = *parsed;
  struct Field {
    std::string_view key;
    std::string& target;
  };
  for (const Field& field : {Field{"basis_note", label.basis_note}, Field{"purpose", label.purpose},
                             Field{"requested_by", label.requested_by}}) {
    auto text = json_text_member(json, field.key);
    if (!text) return std::move(text).error();
    field.target = *std::move(text);
  }
  const auto list = json_member(json, "distribution");
  if (!list) return list.error();
  if (!(*list)->is_array()) return Error{ErrorCode::invalid_input, "distribution: not a list"};
  for (const Json& person : **list) {
    if (!person.is_string()) return Error{ErrorCode::invalid_input, "distribution: not texts"};
    label.distribution.push_back(person.get<std::string>());
  }
  return label;
}

Result<PrivilegeStep> parse_asked(const Json& body) {
  if (auto known = json_only_members(body, {"reason", "replacement", "target"}); !known)
    return std::move(known).error();
  auto reason = json_text_member(body, "reason");
  if (!reason) return std::move(reason).error();
  PrivilegeRemovalAsked step{.reason = *std::move(reason)};
  if (body.contains("replacement")) {
    auto label = parse_label(body["replacement"]);
    if (!label) return std::move(label).error();
    step.replacement = *std::move(label);
  }
  return PrivilegeStep(std::move(step));
}

Result<PrivilegeStep> parse_answer(std::size_t verb, const Json& body) {
  const bool is_refusal = verb == 3;
  auto known = is_refusal ? json_only_members(body, {"asked", "reason", "target"})
                          : json_only_members(body, {"asked", "target"});
  if (!known) return std::move(known).error();
  auto asked = json_text_member(body, "asked");
  if (!asked) return std::move(asked).error();
  if (!is_refusal) return PrivilegeStep(PrivilegeRemovalConfirmed{*std::move(asked)});
  auto reason = json_text_member(body, "reason");
  if (!reason) return std::move(reason).error();
  return PrivilegeStep(PrivilegeRemovalRefused{*std::move(asked), *std::move(reason)});
}

}  // namespace

std::string_view privilege_verb(const PrivilegeStep& step) noexcept { return kVerbs[step.index()]; }

nlohmann::json privilege_body(const std::string& target, const PrivilegeStep& step) {
  Json body = {{"target", target}};
  if (const auto* set = std::get_if<PrivilegeSet>(&step)) {
    body["label"] = label_json(set->label);
  } else if (const auto* asked = std::get_if<PrivilegeRemovalAsked>(&step)) {
    body["reason"] = asked->reason;
    if (asked->replacement) body["replacement"] = label_json(*asked->replacement);
  } else if (const auto* confirmed = std::get_if<PrivilegeRemovalConfirmed>(&step)) {
    body["asked"] = confirmed->asked;
  } else if (const auto* refused = std::get_if<PrivilegeRemovalRefused>(&step)) {
    body["asked"] = refused->asked;
    body["reason"] = refused->reason;
  }
  return body;
}

Result<PrivilegeBody> parse_privilege_body(std::string_view verb, const nlohmann::json& body) {
  const auto found = std::ranges::find(kVerbs, verb);
  if (found == kVerbs.end()) return Error{ErrorCode::invalid_input, "not a verb of privilege"};
  const auto index = static_cast<std::size_t>(found - kVerbs.begin());
  auto target = json_text_member(body, "target");
  if (!target) return std::move(target).error();
  if (index == 0) {
    if (auto known = json_only_members(body, {"label", "target"}); !known)
      return std::move(known).error();
    const auto json = json_member(body, "label");
    if (!json) return json.error();
    auto label = parse_label(**json);
    if (!label) return std::move(label).error();
    return PrivilegeBody{*std::move(target), PrivilegeSet{*std::move(label)}};
  }
  auto step = index == 1 ? parse_asked(body) : parse_answer(index, body);
  if (!step) return std::move(step).error();
  return PrivilegeBody{*std::move(target), *std::move(step)};
}

}  // namespace casebook::privacy
