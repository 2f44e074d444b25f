#include "workflow/policy_node.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/clock.h"
#include "core/printable.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kLiteralBytesMax = 256;
constexpr std::size_t kLabelBytesMax = std::size_t{16} << 10U;
constexpr std::size_t kExclusionsMax = 16;
const Json kNothing;

/// A key as a part of a JSON pointer (RFC 6901).
std::string pointer_part(std::string_view key) {
  std::string part = "/";
  for (const char c : key) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return part;
}

bool holds_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

}  // namespace

void PolicyReading::refuse(std::string_view at, std::string_view what) {
  if (error_) return;
  std::string message = printable(at);
  if (!message.empty()) message += ": ";
  error_ = Error{ErrorCode::invalid_input, message + std::string(what)};
}

void PolicyNode::only(Keys required, Keys optional) const {
  if (!json_->is_object()) return refuse("not an object");
  for (const auto& [key, value] : json_->items()) {
    if (std::ranges::find(required, key) == required.end() &&
        std::ranges::find(optional, key) == optional.end()) {
      reading_->refuse(at_ + pointer_part(key), "not a known key");
    }
  }
  for (const std::string_view key : required) {
    if (!has(key)) reading_->refuse(at_ + pointer_part(key), "missing");
  }
}

bool PolicyNode::has(std::string_view key) const {
  return json_->is_object() && json_->contains(key);
}

PolicyNode PolicyNode::member(std::string_view key) const {
  std::string at = at_ + pointer_part(key);
  if (has(key)) return {*reading_, *json_->find(key), std::move(at)};
  reading_->refuse(at, "missing");
  return {*reading_, kNothing, std::move(at)};
}

PolicyNode PolicyNode::element(std::size_t index) const {
  std::string at = at_ + "/" + std::to_string(index);
  if (json_->is_array() && index < json_->size()) return {*reading_, (*json_)[index], at};
  reading_->refuse(at, "missing");
  return {*reading_, kNothing, std::move(at)};
}

bool PolicyNode::is_null() const { return json_->is_null(); }

std::vector<PolicyNode> PolicyNode::list(std::size_t most) const {
  std::vector<PolicyNode> nodes;
  if (!json_->is_array()) {
    refuse("not a list");
  } else if (json_->size() > most) {
    refuse("more than " + std::to_string(most) + " items");
  } else {
    for (std::size_t i = 0; i < json_->size(); ++i) nodes.push_back(element(i));
  }
  return nodes;
}

std::vector<std::pair<std::string, PolicyNode>> PolicyNode::entries(std::size_t most) const {
  std::vector<std::pair<std::string, PolicyNode>> found;
  if (!json_->is_object()) {
    refuse("not an object");
    return found;
  }
  if (json_->size() > most) refuse("more than " + std::to_string(most) + " items");
  for (const auto& [key, value] : json_->items()) {
    if (failed()) break;
    if (!is_policy_id(key)) reading_->refuse(at_ + pointer_part(key), "the key is not an id");
    found.emplace_back(key, member(key));
  }
  return found;
}

std::string PolicyNode::text(std::size_t most) const {
  if (!json_->is_string()) {
    refuse("not text");
    return {};
  }
  const auto& text = json_->get_ref<const std::string&>();
  if (text.empty()) return refuse("empty"), std::string();
  if (text.size() > most)
    return refuse("longer than " + std::to_string(most) + " bytes"), std::string();
  if (holds_controls(text)) return refuse("holds control characters"), std::string();
  return text;
}

std::string PolicyNode::id() const {
  std::string found = text(64);
  if (!found.empty() && !is_policy_id(found)) refuse("not an id (a-z, 0-9, '_', '-')");
  return found;
}

std::string PolicyNode::id_or_null() const { return is_null() ? std::string() : id(); }

std::vector<std::string> PolicyNode::ids(std::size_t most) const {
  std::vector<std::string> found;
  for (const PolicyNode& node : list(most)) {
    std::string next = node.id();
    if (std::ranges::find(found, next) != found.end()) node.refuse("given twice");
    found.push_back(std::move(next));
  }
  return found;
}

std::vector<std::string> PolicyNode::codes(std::size_t most) const {
  std::vector<std::string> found;
  for (const PolicyNode& node : list(most)) {
    found.push_back(node.text(64));
    if (!is_code(found.back())) node.refuse("not a word of letters, digits and ._-+@:/");
    if (std::ranges::count(found, found.back()) > 1) node.refuse("given twice");
  }
  return found;
}

std::vector<std::string> PolicyNode::texts(std::size_t most) const {
  std::vector<std::string> found;
  for (const PolicyNode& node : list(most)) found.push_back(node.text(kLiteralBytesMax));
  return found;
}

bool PolicyNode::boolean() const {
  if (!json_->is_boolean()) refuse("not true or false");
  return json_->is_boolean() && json_->get<bool>();
}

std::int64_t PolicyNode::integer(std::int64_t least, std::int64_t most) const {
  const std::int64_t number = json_->is_number_integer() ? json_->get<std::int64_t>() : least;
  if (!json_->is_number_integer() || number < least || number > most) {
    refuse("not an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return number;
}

std::uint32_t PolicyNode::small(std::uint32_t least, std::uint32_t most) const {
  return static_cast<std::uint32_t>(integer(least, most));
}

std::chrono::seconds PolicyNode::duration() const {
  const std::string found = text(32);
  if (failed()) return {};
  auto duration = parse_duration(found);
  if (!duration) refuse(duration.error().message);
  return duration ? *duration : std::chrono::seconds{};
}

std::optional<std::chrono::seconds> PolicyNode::duration_or_null() const {
  if (is_null()) return std::nullopt;
  return duration();
}

Label PolicyNode::label() const {
  only({"en", "nl"});
  return {member("en").text(kLabelBytesMax), member("nl").text(kLabelBytesMax)};
}

Value PolicyNode::literal() const {
  if (json_->is_boolean()) return json_->get<bool>();
  if (json_->is_number_integer()) return integer(-kJsonIntegerMax, kJsonIntegerMax);
  if (!json_->is_string()) {
    refuse("not a value");
    return {};
  }
  std::string words = text(kLiteralBytesMax);
  if (auto time = parse_utc(words)) return Moment{time->time_since_epoch().count()};
  return words;
}

std::vector<Value> PolicyNode::literals(std::size_t most) const {
  std::vector<Value> values;
  for (const PolicyNode& node : list(most)) {
    values.push_back(node.literal());
    if (std::ranges::count(values, values.back()) > 1) node.refuse("given twice");
  }
  if (!failed() && values.empty()) refuse("empty");
  return values;
}

Exclusion PolicyNode::exclusion() const {
  using Kind = Exclusion::Kind;
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"author_of", Kind::author_of},
      {"requester_of", Kind::requester_of},
      {"holder", Kind::holder},
      {"signer_of", Kind::signer_of},
  };
  const std::string words = text(kLiteralBytesMax);
  const std::size_t colon = words.find(':');
  const std::string_view kind = std::string_view(words).substr(0, colon);
  const auto* const found =
      std::ranges::find(kKinds, kind, &std::pair<std::string_view, Kind>::first);
  if (!failed() && (colon == std::string::npos || found == std::end(kKinds) ||
                    !is_policy_id(std::string_view(words).substr(colon + 1)))) {
    refuse("not author_of:KIND, requester_of:FACET, holder:ROLE or signer_of:GATE");
  }
  if (failed()) return {};
  return {found->second, words.substr(colon + 1)};
}

std::vector<Exclusion> PolicyNode::exclusions() const {
  std::vector<Exclusion> found;
  for (const PolicyNode& node : list(kExclusionsMax)) {
    found.push_back(node.exclusion());
    if (std::ranges::count(found, found.back()) > 1) node.refuse("given twice");
  }
  return found;
}

Predicate PolicyNode::predicate() const {
  auto parsed = parse_predicate(*json_, at_);
  if (parsed) return *std::move(parsed);
  reading_->refuse({}, parsed.error().message);  // Names its pointer already.
  return {};
}

}  // namespace casebook::workflow
