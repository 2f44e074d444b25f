#pragma once
/// The four fonts of the PDF, read from their files. No configuration of fonts on the machine takes
/// part: what is drawn depends on these files only.

#include <filesystem>
#include <memory>
#include <vector>

#include "reports/document/document.h"

struct _PangoFontMap;  // Third-party headers stay in .cpp files.

namespace casebook::documents {

class PdfFonts {
 public:
  /// @return `not_found` naming the file and the package that has it; `corrupt` when it is no font.
  static Result<PdfFonts> open(const std::filesystem::path& folder);

  /// Whether one of the fonts can draw the character.
  [[nodiscard]] bool has(char32_t character) const;
  [[nodiscard]] _PangoFontMap* map() const { return map_.get(); }
  [[nodiscard]] const std::vector<FontDigest>& digests() const { return digests_; }

 private:
  std::shared_ptr<_PangoFontMap> map_;
  std::vector<std::shared_ptr<const void>> characters_;  ///< One set for each font.
  std::vector<FontDigest> digests_;
};

}  // namespace casebook::documents
