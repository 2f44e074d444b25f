#pragma once
/// What stands for `%name%` in definitions, from native sources: never from a program of the host.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/host_view.h"

namespace casebook {

/// Name of the placeholder in `text` ("pid" of "/proc/%pid%/maps"), or nothing.
std::optional<std::string_view> placeholder_in(std::string_view text);

/// True for placeholders that PlaceholderValues knows.
bool supports_placeholder(std::string_view name);

/// Values of each placeholder, found once per run.
class PlaceholderValues {
 public:
  /// @param files  what the responder named for %file%.
  explicit PlaceholderValues(HostView& host, std::vector<std::string> files = {})
      : host_(host), files_(std::move(files)) {}

  /// Values that may become one argument: no NUL, no leading dash, and no slash unless the
  /// placeholder stands for a path, which then is absolute and holds no "..". At most 1,024.
  const std::vector<std::string>& of(std::string_view name);

 private:
  std::vector<std::string> find(std::string_view name);

  HostView& host_;
  std::vector<std::string> files_;
  std::map<std::string, std::vector<std::string>, std::less<>> known_;
};

}  // namespace casebook
