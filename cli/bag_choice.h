#pragma once
/// Which bag a person means: a path, a short name (B-7), the beginning of an id, or the newest.

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace casebook::cli {

/// One bag folder below a folder of evidence.
struct KnownBag {
  std::string id;
  std::string short_name;  ///< "B-7"; empty when it has none.
  std::filesystem::path folder;

  /// Short name, else the first eight digits of the id.
  [[nodiscard]] std::string name() const;
};

/// Bags of `evidence`, those with a short name first and in its order. A folder that is not there
/// holds none.
std::vector<KnownBag> bags_in(const std::filesystem::path& evidence);

/// @param wanted  empty: the newest, by the time its folder was last changed.
/// @return `not_found` naming what there is; `invalid_input` when an id's beginning fits several.
Result<KnownBag> choose_bag(const std::filesystem::path& evidence, const std::string& wanted);

/// Makes the symbolic link `B-<next number>` to the folder `id` in `evidence`. A convenience: bags
/// are known by their ids everywhere else. @return the short name.
Result<std::string> give_short_name(const std::filesystem::path& evidence, const std::string& id);

}  // namespace casebook::cli
