#pragma once
/// Reads the members of one JSON object one after another and keeps the first error, so that a
/// parser of a format need not look at each. For texts that are canonical already.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/ids.h"
#include "core/json_text.h"
#include "core/merkle.h"
#include "core/ssh_public_key.h"

namespace casebook {

class JsonMembers {
 public:
  /// @param object  must outlive this; anything but an object is the first error.
  explicit JsonMembers(const Json& object) : object_(&object) {}

  void only(std::initializer_list<std::string_view> known);
  std::string text(std::string_view key, std::size_t size_bytes_max = std::size_t{1} << 20U);
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
  bool boolean(std::string_view key);
  UtcSeconds time(std::string_view key);
  Digest256 digest(std::string_view key);
  /// 1 to `count_max` texts, or none when `count_max` allows it and the list is empty.
  std::vector<std::string> texts(std::string_view key, std::size_t count_max);
  /// `{"root","size"}`.
  MerkleHead head(std::string_view key);
  /// Exactly the one-line form without a comment.
  std::optional<SshPublicKey> key(std::string_view key);
  std::optional<AgeRecipient> recipient(std::string_view key);
  bool is_null(std::string_view key);
  std::optional<std::string> text_or_null(std::string_view key);
  std::optional<UtcSeconds> time_or_null(std::string_view key);
  std::optional<Digest256> digest_or_null(std::string_view key);
  const Json* any(std::string_view key);
  const Json* object(std::string_view key);
  const Json* array(std::string_view key, std::size_t count_max);

  template <typename Kind>
  std::optional<Id<Kind>> id(std::string_view key) {
    auto id = Id<Kind>::parse(text(key));
    if (id) return *id;
    refuse(std::string("\"") + std::string(key) + "\" is no id");
    return std::nullopt;
  }

  void refuse(std::string why) {
    if (!error_) error_ = Error{ErrorCode::invalid_input, std::move(why)};
  }
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  template <typename T>
  T keep(Result<T> result, T otherwise, std::string_view key) {
    if (result) return *std::move(result);
    if (!error_) error_ = std::move(result).error().context(key);
    return otherwise;
  }
  const Json* object_;
  std::optional<Error> error_;
};

}  // namespace casebook
