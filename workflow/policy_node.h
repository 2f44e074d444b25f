#pragma once
/// A value of a policy file together with its JSON pointer, for the parsers of this folder: each
/// error names the pointer, and the first one is kept so that a parser need not look at each.

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "workflow/policy.h"

namespace casebook::workflow {

/// Where the first error of a parse is kept.
class PolicyReading {
 public:
  void refuse(std::string_view at, std::string_view what);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

class PolicyNode {
 public:
  using Keys = std::initializer_list<std::string_view>;

  /// @param reading, json  must outlive this.
  PolicyNode(PolicyReading& reading, const Json& json, std::string at)
      : reading_(&reading), json_(&json), at_(std::move(at)) {}

  [[nodiscard]] const std::string& at() const { return at_; }
  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] PolicyReading& reading() const { return *reading_; }
  void refuse(std::string_view what) const { reading_->refuse(at_, what); }
  [[nodiscard]] bool failed() const { return reading_->failed(); }

  /// An object with all of `required`, perhaps some of `optional`, and nothing else.
  void only(Keys required, Keys optional = {}) const;
  [[nodiscard]] bool has(std::string_view key) const;
  /// Absent: an error, and a null.
  [[nodiscard]] PolicyNode member(std::string_view key) const;
  [[nodiscard]] PolicyNode element(std::size_t index) const;
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] std::vector<PolicyNode> list(std::size_t most) const;
  /// Of an object; keys are ids.
  [[nodiscard]] std::vector<std::pair<std::string, PolicyNode>> entries(std::size_t most) const;
  /// Not empty, at most `most` bytes, without control characters but line feeds.
  [[nodiscard]] std::string text(std::size_t most) const;
  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string id_or_null() const;                        ///< Null: empty.
  [[nodiscard]] std::vector<std::string> ids(std::size_t most) const;  ///< Each once.
  /// Words of `A`-`Z`, `a`-`z`, `0`-`9`, `._-+@:/`, each once.
  [[nodiscard]] std::vector<std::string> codes(std::size_t most) const;
  [[nodiscard]] std::vector<std::string> texts(std::size_t most) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] std::uint32_t small(std::uint32_t least, std::uint32_t most) const;
  [[nodiscard]] std::chrono::seconds duration() const;
  [[nodiscard]] std::optional<std::chrono::seconds> duration_or_null() const;
  [[nodiscard]] Label label() const;
  /// A boolean, an integer, a time, or words.
  [[nodiscard]] Value literal() const;
  [[nodiscard]] std::vector<Value> literals(std::size_t most) const;
  [[nodiscard]] Predicate predicate() const;
  [[nodiscard]] Exclusion exclusion() const;
  [[nodiscard]] std::vector<Exclusion> exclusions() const;

  /// The enumerator whose name the text is; the first, with an error, for any other.
  template <typename Enum, std::size_t N>
  [[nodiscard]] Enum one_of(const std::pair<std::string_view, Enum> (&names)[N]) const {
    const std::string found = text(64);
    std::string expected;
    for (const auto& [name, value] : names) {
      if (found == name) return value;
      expected += (expected.empty() ? "" : ", ") + std::string(name);
    }
    if (!failed()) refuse("not one of " + expected);
    return names[0].second;
  }

 private:
  PolicyReading* reading_;
  const Json* json_;
  std::string at_;
};

}  // namespace casebook::workflow
