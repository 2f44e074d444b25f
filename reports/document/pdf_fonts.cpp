#include "reports/document/pdf_fonts.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include <algorithm>

#include "reports/document/font_files.h"
#include "reports/document/pdf_writer.h"

namespace casebook::documents {
namespace {

struct FreeConfig {
  void operator()(FcConfig* config) const noexcept { FcConfigDestroy(config); }
};

}  // namespace

Result<PdfFonts> PdfFonts::open(const std::filesystem::path& folder) {
  auto digests = font_digests(folder);
  if (!digests) return std::move(digests).error();
  PdfFonts fonts;
  fonts.digests_ = *std::move(digests);
  // A configuration of our own, so that no fonts.conf of the machine or the user is read.
  const std::unique_ptr<FcConfig, FreeConfig> config(FcConfigCreate());
  for (const char* name : kFontFiles) {
    const std::string path = (folder / name).string();
    if (FcConfigAppFontAddFile(config.get(), reinterpret_cast<const FcChar8*>(path.c_str())) !=
        FcTrue)
      return Error{ErrorCode::corrupt, "font " + path + ": not a font"};
  }
  const FcFontSet* set = FcConfigGetFonts(config.get(), FcSetApplication);
  for (int i = 0; set != nullptr && i < set->nfont; ++i) {
    FcCharSet* characters = nullptr;
    if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &characters) != FcResultMatch) continue;
    fonts.characters_.emplace_back(FcCharSetCopy(characters), [](const void* copy) {
      FcCharSetDestroy(static_cast<FcCharSet*>(const_cast<void*>(copy)));
    });
  }
  PangoFontMap* map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  fonts.map_ = std::shared_ptr<PangoFontMap>(map, [](PangoFontMap* held) { g_object_unref(held); });
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config.get());
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
  return fonts;
}

bool PdfFonts::has(char32_t character) const {
  return std::ranges::any_of(characters_, [&](const std::shared_ptr<const void>& set) {
    return FcCharSetHasChar(static_cast<const FcCharSet*>(set.get()), character) == FcTrue;
  });
}

}  // namespace casebook::documents
