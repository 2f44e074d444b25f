#pragma once
/// Files of policies/ that are built into the program (cmake/embed_files.cmake).

#include <span>
#include <string_view>

namespace casebook::reports {

struct EmbeddedFile {
  std::string_view name;  ///< "regimes/eu-gdpr.json", "calendars/fr.json", "facts.json".
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_policies();

}  // namespace casebook::reports
