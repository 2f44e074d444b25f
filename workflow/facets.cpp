#include "workflow/facets.h"

#include <algorithm>

#include "core/json_text.h"

namespace casebook::workflow {
namespace {

Digest256 digest_of(std::initializer_list<std::span<const std::byte>> parts) {
  const std::vector<std::span<const std::byte>> list(parts);
  auto digest = sha256_of_parts(list);
  check(bool(digest), "SHA-256 of a facet");
  return *digest;
}

void append(std::string& out, const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) {
    out += *truth ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_json_string(out, *text);
  } else if (const auto* time = std::get_if<Moment>(&value)) {
    append_json_string(out, format_utc(UtcSeconds(std::chrono::seconds(time->seconds))));
  } else if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
    out += '[';
    for (const std::string& word : *words) {
      if (out.back() != '[') out += ',';
      append_json_string(out, word);
    }
    out += ']';
  } else {
    out += "null";
  }
}

void append_commitment(std::string& out, const Record& record) {
  if (!record.text) {
    out += "null";
    return;
  }
  out += '"';
  append_hex(out, *record.text);
  out += '"';
}

void append(std::string& out, const Record& record) {
  out += R"({"fields":{)";
  for (const auto& [name, value] : record.fields()) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
    append(out, value);
  }
  out += record.is_settled() ? R"(},"settled":true,"text":)" : R"(},"settled":false,"text":)";
  append_commitment(out, record);
  out += '}';
}

void append_field(std::string& out, const Record& record, const FieldRule* rule,
                  std::string_view name) {
  if (rule != nullptr && (rule->type == ValueType::text || rule->type == ValueType::link)) {
    return append_commitment(out, record);
  }
  const auto found = record.fields().find(name);
  append(out, found == record.fields().end() ? Value() : found->second);
}

/// A fact, a register, or one field of a register.
void append_part(std::string& out, const CaseState& state, std::string_view part) {
  if (state.policy->facts.contains(part)) return append(out, state.value_of(part));
  const std::size_t dot = part.find('.');
  const std::string_view kind = part.substr(0, dot);
  const auto rule = state.policy->registers.find(kind);
  const auto entries = state.records_of.find(kind);
  out += '[';
  if (entries != state.records_of.end() && rule != state.policy->registers.end()) {
    for (const std::size_t position : entries->second) {
      if (out.back() != '[') out += ',';
      const Record& record = state.records[position];
      if (dot == std::string_view::npos) {
        append(out, record);
      } else {
        const std::string_view field = part.substr(dot + 1);
        append_field(out, record, rule->second.field(field), field);
      }
    }
  }
  out += ']';
}

}  // namespace

std::string facet_values(const CaseState& state, std::string_view facet) {
  std::vector<std::string> parts = state.policy->facets.find(facet)->second;
  std::ranges::sort(parts);
  std::string out = R"({"facet":)";
  append_json_string(out, facet);
  out += R"(,"values":{)";
  for (const std::string& part : parts) {
    if (out.back() != '{') out += ',';
    append_json_string(out, part);
    out += ':';
    append_part(out, state, part);
  }
  out += "}}";
  return out;
}

Digest256 facet_hmac(std::string_view key, std::string_view values) {
  constexpr std::size_t kBlock = 64;
  constexpr std::byte kInner{0x36}, kOuter{0x5c};
  const auto raw = from_hex(key);
  check(bool(raw) && raw->size() <= kBlock, "the key of a facet");
  std::array<std::byte, kBlock> inner{}, outer{};
  std::ranges::copy(*raw, inner.begin());
  outer = inner;
  for (std::byte& b : inner) b ^= kInner;
  for (std::byte& b : outer) b ^= kOuter;
  const Digest256 first = digest_of({inner, as_bytes(values)});
  return digest_of({outer, first});
}

void refresh_facets(CaseState& state, const std::vector<std::string>& facets,
                    const FacetChange& change) {
  for (const std::string& facet : facets) {
    const std::string values = facet_values(state, facet);
    const Digest256 digest = digest_of({as_bytes(values)});
    FacetState& now = state.facets[facet];
    if (now.values == digest) continue;
    now = {change.key, digest, facet_hmac(change.key, values), change.seq, change.persons};
  }
}

void begin_facets(CaseState& state, const FacetChange& change) {
  std::map<std::string, FacetState, std::less<>> before;
  before.swap(state.facets);
  for (const auto& [facet, parts] : state.policy->facets) {
    const std::string values = facet_values(state, facet);
    const Digest256 digest = digest_of({as_bytes(values)});
    const auto old = before.find(facet);
    if (old != before.end() && old->second.values == digest) {
      state.facets.emplace(facet, std::move(old->second));
      continue;
    }
    state.facets.emplace(
        facet, FacetState{change.key, digest, facet_hmac(change.key, values), change.seq, {}});
  }
}

}  // namespace casebook::workflow
