#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

using namespace std::string_view_literals;  // "sv" counts while reading; constexpr length() has
                                            // limits.

constexpr EmbeddedPack kPacks[] = {
#include "workflow/embedded_packs.inc"
};

constexpr EmbeddedPack kDrills[] = {
#include "workflow/embedded_drills.inc"
};

std::string_view text_named(std::span<const EmbeddedPack> files, std::string_view folder,
                            std::string_view id) {
  for (const EmbeddedPack& file : files) {
    std::string_view name = file.name;
    name.remove_prefix(folder.size());
    name.remove_suffix(".json"sv.size());
    if (name == id) return file.text;
  }
  return {};
}

}  // namespace

std::span<const EmbeddedPack> embedded_packs() { return kPacks; }
std::span<const EmbeddedPack> embedded_drills() { return kDrills; }

std::string_view embedded_pack(std::string_view id) { return text_named(kPacks, "packs/", id); }

std::string_view embedded_drill(std::string_view id) {
  return text_named(kDrills, "packs/drill/", id);
}

}  // namespace casebook::workflow
